package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

//go:embed page.html
var pageTemplate string

// pages show a person why a partner's request cannot go on. They never lead to the partner: who it is, or where
// it lives, is just what is in doubt.
type pages struct {
	page    *template.Template
	sandbox bool
}

func newPages(sandbox bool) (pages, error) {
	t, err := template.New("page").Parse(pageTemplate)
	return pages{page: t, sandbox: sandbox}, err
}

// pagePolicy lets a page have the gateway's style and pictures and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

type words struct{ Title, Detail string }

type page struct {
	words
	Lang, Brand, Back, Sandbox string
}

// fail shows the page of an error; locales are what the request prefers, before the browser's own wishes.
func (p pages) fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, locales string, err error) {
	reason, status := errorsv1.Reason_INTERNAL, http.StatusInternalServerError
	if e, ok := errs.As(err); ok {
		reason, status = e.Reason, pageStatus(e.Kind)
	}
	if status == http.StatusInternalServerError {
		log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	} else {
		log.InfoContext(r.Context(), "request refused", "path", r.URL.Path, "reason", reason.String(), "error", err)
	}
	lang := domain.Language(locales + " " + accepted(r))
	if lang == "" {
		lang = domain.Languages()[0]
	}
	var body bytes.Buffer
	if err := p.page.Execute(&body, p.of(lang, reason)); err != nil {
		log.ErrorContext(r.Context(), "page cannot be made", "error", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // whoever went away needs no answer
}

func (p pages) of(lang string, reason errs.Reason) page {
	out := page{words: wordsOf(lang, reason), Lang: lang, Brand: "Пропуск", Back: "На главную"}
	if lang == "en" {
		out.Brand, out.Back = "Propusk", "To the start page"
	}
	switch {
	case p.sandbox && lang == "en":
		out.Sandbox = "Sandbox"
	case p.sandbox:
		out.Sandbox = "Песочница"
	}
	return out
}

// accepted are the browser's languages in the order in which it names them, which is that of their weights.
func accepted(r *http.Request) string {
	var tags []string
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(tag, ";")
		tags = append(tags, strings.TrimSpace(tag))
	}
	return strings.Join(tags, " ")
}

func pageStatus(k errs.Kind) int {
	switch k {
	case errs.Invalid:
		return http.StatusBadRequest
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Unavailable, errs.Deadline:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// wordsOf say what has happened and what to do.
func wordsOf(lang string, reason errs.Reason) words {
	texts := map[errs.Reason][2]words{
		errorsv1.Reason_CLIENT_UNKNOWN: {
			{"Приложение не найдено", "Сайт, с которого вы пришли, не подключён к этой системе. Сообщите об этом его владельцу."},
			{"Unknown application", "The site that you come from is not connected to this system. Please tell its owner."},
		},
		errorsv1.Reason_REDIRECT_URI_MISMATCH: {
			{"Адрес возврата не подходит", "Сайт просит вернуть вас на незарегистрированный адрес. Мы не перейдём по нему: это может быть обман. Сообщите об этом владельцу сайта."},
			{"The return address does not match", "The site asks to send you to an address that it has not registered. We do not go there: it may be a fraud. Please tell the site's owner."},
		},
		errorsv1.Reason_INTERACTION_NOT_FOUND: {
			{"Вход не завершён", "Время входа истекло или он начат в другом браузере. Вернитесь на сайт и войдите ещё раз."},
			{"The sign-in was not completed", "It has expired or was begun in another browser. Go back to the site and sign in again."},
		},
		errorsv1.Reason_LOGOUT_NOT_FOUND: {
			{"Выход уже завершён", "Этот запрос на выход больше не действует."},
			{"The sign-out is over", "This request to sign out is no longer valid."},
		},
		errorsv1.Reason_VALIDATION_FAILED: {
			{"Запрос не распознан", "Сайт прислал запрос с ошибкой. Сообщите об этом его владельцу."},
			{"The request cannot be read", "The site has sent a request with a mistake. Please tell its owner."},
		},
		errorsv1.Reason_UNAVAILABLE: {
			{"Сервис временно недоступен", "Попробуйте ещё раз через минуту."},
			{"The service is unavailable for the moment", "Please try again in a minute."},
		},
	}
	both, ok := texts[reason]
	if !ok {
		both = [2]words{
			{"Что-то пошло не так", "Мы уже знаем об ошибке. Попробуйте ещё раз позже."},
			{"Something went wrong", "We know about it already. Please try again later."},
		}
	}
	if lang == "en" {
		return both[1]
	}
	return both[0]
}

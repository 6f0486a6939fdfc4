package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

// keepAlive is how often a comment is sent on a quiet stream: proxies close silent ones.
const keepAlive = 20 * time.Second

func (w *Web) phone(rw http.ResponseWriter, r *http.Request) {
	f := domain.Filter{}
	if to := strings.TrimSpace(r.URL.Query().Get("to")); to != "" {
		f.Recipient = domain.Contact(to)
	}
	view, err := w.phoneView(r, f)
	if err != nil {
		w.failed(rw, r)
		return
	}
	pages.Render(rw, r, http.StatusOK, view)
}

func (w *Web) phoneView(r *http.Request, f domain.Filter) (pages.Phone, error) {
	view := pages.Phone{Page: w.Pages.For(r), To: f.Recipient}
	list, err := w.App.Latest(r.Context(), f)
	if err != nil {
		return view, err
	}
	for _, m := range list {
		view.Messages = append(view.Messages, w.messageView(m))
	}
	if view.Recipients, err = w.App.Recipients(r.Context()); err != nil {
		return view, err
	}
	if f.Recipient != "" && !slices.Contains(view.Recipients, f.Recipient) {
		view.Recipients = append(view.Recipients, f.Recipient)
	}
	view.Options, err = w.App.Options(r.Context())
	return view, err
}

func (w *Web) messageView(m domain.Message) pages.Message {
	out := pages.Message{
		ID: m.ID, Channel: string(m.Channel), Kind: strings.ToLower(string(m.Channel)),
		To: strings.Join(m.Recipients, ", "), Subject: m.Subject, Code: m.Code, Time: m.Time,
		Parts: w.App.Patterns.Split(m.Text), AttachmentName: m.Attachment.Name,
	}
	for _, a := range messageOf(m, "").Attachments {
		out.AttachmentURL = a.URL
	}
	if m.HTML != "" {
		out.HTMLURL = fmt.Sprintf("/phone/messages/%d", m.ID)
	}
	return out
}

// phoneOptions sets the switches and redirects back to the phone.
func (w *Web) phoneOptions(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
	o := domain.Options{
		Delay: r.FormValue("delay") != "", Drop: r.FormValue("drop") != "", Twice: r.FormValue("twice") != "",
	}
	if err := w.App.SetOptions(r.Context(), o); err != nil {
		w.failed(rw, r)
		return
	}
	next := "/phone"
	if to := r.PostFormValue("to"); to != "" {
		next += "?to=" + url.QueryEscape(to)
	}
	http.Redirect(rw, r, next, http.StatusSeeOther)
}

// phoneEvents sends the id of the newest message whenever it changes (server-sent events).
func (w *Web) phoneEvents(rw http.ResponseWriter, r *http.Request) {
	stream := http.NewResponseController(rw)
	h := rw.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	_ = stream.SetWriteDeadline(time.Time{})
	lines := make(chan string)
	go func() {
		defer close(lines)
		_ = w.App.Watch(r.Context(), func(last int64) error {
			select {
			case lines <- fmt.Sprintf("data: %d\n\n", last):
			case <-r.Context().Done():
			}
			return nil
		})
	}()
	write(rw, stream, lines)
}

// write passes lines on until there are no more or the client has disconnected.
func write(w io.Writer, stream *http.ResponseController, lines <-chan string) {
	heartbeat := time.NewTicker(keepAlive)
	defer heartbeat.Stop()
	for {
		line, open := ": keep-alive\n\n", true
		select {
		case line, open = <-lines:
		case <-heartbeat.C:
		}
		if !open {
			return
		}
		if _, err := io.WriteString(w, line); err != nil || stream.Flush() != nil {
			return
		}
	}
}

// phoneHTML serves an e-mail's HTML in a browser sandbox without scripts.
func (w *Web) phoneHTML(rw http.ResponseWriter, r *http.Request) {
	var m domain.Message
	id, err := messageID(r)
	if err == nil {
		m, err = w.App.Message(r.Context(), id)
	}
	if err != nil || m.HTML == "" {
		w.missing(rw, r)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy",
		"sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; "+
			"style-src 'unsafe-inline'; img-src data:")
	_, _ = rw.Write([]byte(m.HTML))
}

func (w *Web) track(rw http.ResponseWriter, r *http.Request) {
	view := pages.Track{Page: w.Pages.For(r), Number: r.PathValue("number")}
	var err error
	if view.Moves, err = w.App.Track(r.Context(), view.Number); err != nil {
		w.failed(rw, r)
		return
	}
	status := http.StatusOK
	if len(view.Moves) == 0 {
		status = http.StatusNotFound
	}
	pages.Render(rw, r, status, view)
}

func (w *Web) missing(rw http.ResponseWriter, r *http.Request) {
	pages.Render(rw, r, http.StatusNotFound, pages.Problem{Page: w.Pages.For(r), Title: "missing_title", Text: "missing_text"})
}

func (w *Web) failed(rw http.ResponseWriter, r *http.Request) {
	pages.Render(rw, r, http.StatusServiceUnavailable, pages.Problem{Page: w.Pages.For(r), Title: "error_title", Text: "error_text"})
}

// numberOf reads the number of a person; 1 if there is none.
func numberOf(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 1
	}
	return n
}

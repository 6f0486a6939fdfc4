package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/internal/strictjson"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// maxWait is the longest long-poll: the gateway ends a request after a minute.
const maxWait = 50 * time.Second

const maxBody = 1 << 14

type message struct {
	ID          string       `json:"id"`
	Channel     string       `json:"channel"`
	To          string       `json:"to"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	Code        string       `json:"code"`
	SentTime    time.Time    `json:"sentTime"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	Name        string `json:"name"`
	ContentType string `json:"contentType"`
	URL         string `json:"url"`
}

// listMessages gives a page of those to a contact (to), of a channel, after a message; newest first. With wait=5s it waits up to
// five seconds for the first one that matches; when there is one already, it answers at once.
func (w *Web) listMessages(rw http.ResponseWriter, r *http.Request) error {
	f, err := filter(r.URL.Query())
	if err != nil {
		return err
	}
	wait, err := waitOf(r.URL.Query().Get("wait"))
	if err != nil {
		return err
	}
	q, err := pageOf(r.URL.Query())
	if err != nil {
		return err
	}
	list, next, err := w.App.Messages(r.Context(), f, q, wait)
	if err != nil {
		return err
	}
	out := make([]message, len(list))
	for i, m := range list {
		out[i] = messageOf(m, f.Recipient)
	}
	return writeJSON(rw, map[string]any{"messages": out, nextPage: next})
}

func filter(q url.Values) (domain.Filter, error) {
	f := domain.Filter{Channel: domain.Channel(strings.ToUpper(q.Get("channel")))}
	if to := q.Get("to"); strings.TrimSpace(to) != "" {
		f.Recipient = domain.Contact(to)
	}
	if !slices.Contains([]domain.Channel{"", domain.SMS, domain.Email, domain.Letter, "PUSH"}, f.Channel) {
		return f, invalid("channel", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if after := q.Get("after"); after != "" {
		id, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return f, invalid("after", errorsv1.Reason_FIELD_MALFORMED)
		}
		f.After = id
	}
	return f, nil
}

// waitOf reads "5s", or a number of seconds.
func waitOf(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if _, err := strconv.Atoi(s); err == nil {
		s += "s"
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, invalid("wait", errorsv1.Reason_FIELD_MALFORMED)
	}
	return min(d, maxWait), nil
}

// messageOf is a message as the contact that was asked for sees it: a letter is found by any contact of its addressee.
func messageOf(m domain.Message, asked string) message {
	out := message{
		ID: strconv.FormatInt(m.ID, 10), Channel: string(m.Channel), To: asked, Subject: m.Subject, Text: m.Text,
		Code: m.Code, SentTime: m.Time.UTC(), Attachments: []attachment{},
	}
	if asked == "" && len(m.Recipients) > 0 {
		out.To = m.Recipients[0]
	}
	if m.Attachment.Name != "" {
		out.Attachments = append(out.Attachments, attachment{
			Name: m.Attachment.Name, ContentType: m.Attachment.Type,
			URL: fmt.Sprintf("/sandbox/v1/messages/%d/attachments/%s", m.ID, m.Attachment.Name),
		})
	}
	return out
}

func (w *Web) getAttachment(rw http.ResponseWriter, r *http.Request) error {
	id, err := messageID(r)
	if err != nil {
		return err
	}
	file, err := w.App.Attachment(r.Context(), id, r.PathValue("name"))
	if err != nil {
		return err
	}
	rw.Header().Set("Content-Type", file.Type)
	rw.Header().Set("Content-Disposition", "inline; filename="+strconv.Quote(file.Name))
	_, _ = rw.Write(file.Content)
	return nil
}

func messageID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, domain.ErrNoMessage()
	}
	return id, nil
}

// deliverLetter is POST …/letters/{letterOrderId}:deliver.
func (w *Web) deliverLetter(rw http.ResponseWriter, r *http.Request) error {
	id, ok := strings.CutSuffix(r.PathValue("action"), ":deliver")
	if !ok {
		return notFound()
	}
	if uuid.Validate(id) != nil {
		return domain.ErrNoLetter() // nobody can hand it over: waiting is useless
	}
	if err := w.App.Deliver(r.Context(), id); err != nil {
		return err
	}
	rw.WriteHeader(http.StatusNoContent)
	return nil
}

func (w *Web) getOptions(rw http.ResponseWriter, r *http.Request) error {
	o, err := w.App.Options(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(rw, o)
}

// putOptions sets the switches; one that is left out is off.
func (w *Web) putOptions(rw http.ResponseWriter, r *http.Request) error {
	body, err := strictjson.Body(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		return err
	}
	var in sandboxv1.Options
	if err := strictjson.Unmarshal(body, &in, nil); err != nil {
		return err
	}
	o := domain.Options{Delay: in.GetDelay(), Drop: in.GetDrop(), Twice: in.GetTwice()}
	if err := w.App.SetOptions(r.Context(), o); err != nil {
		return err
	}
	return writeJSON(rw, o)
}

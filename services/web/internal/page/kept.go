package page

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/store"
)

// Drafts keep what signed-in people have typed.
type Drafts interface {
	PutDraft(ctx context.Context, account, form string, d store.Draft) error
	// Draft finds one by its id, or without one the newest of the form.
	Draft(ctx context.Context, account, form, id string, now time.Time) (store.Draft, bool, error)
	DeleteDrafts(ctx context.Context, account, form string) error
}

// kept is a form that was sent and not accepted. Its page is asked for anew, by GET, and shows all of it: what was typed,
// what is wrong, and why nothing has happened. A signed-in person's lies in Postgres, where the next one at the same
// computer does not see it; anybody else's in a cookie.
type kept struct {
	Form   string                  `json:"f"`
	Fields url.Values              `json:"v"`
	Errors []components.FieldError `json:"e,omitempty"`
	// Note is the text that says why it was not accepted, where no error does.
	Note string `json:"n,omitempty"`
}

const (
	// queryKept names a kept form in the address of its page.
	queryKept = "kept"
	// maxKept is how much a draft may hold; our forms hold less.
	maxKept = 16 << 10
)

// keptForms are the cookies of forms of people who are not signed in.
func keptForms() Flow { return Flow{Name: "form", Life: time.Hour, Keep: 3} }

var (
	errTooMuch = errors.New("more than our forms hold")
	errTooOld  = errors.New("the page is too old to say whose form it is")
)

// Typed says whether there is a form as somebody typed it: it was sent just now, or was kept because it was not accepted.
// [Request.Field] reads it.
func (r *Request) Typed() bool { return r.IsPost() || r.kept != nil }

// typed is the value of a field as it was typed.
func (r *Request) typed(name string) string {
	if r.kept != nil && !r.IsPost() {
		return r.kept.Fields.Get(name)
	}
	return r.PostFormValue(name)
}

// answerByGet keeps the form and has the browser ask for its page anew; false: that could not be done, and the page is
// answered at once.
func (r *Request) answerByGet(note string) bool {
	uri, err := r.keep(note)
	if err != nil {
		r.site.Log.Warn("what was typed could not be kept", "route", r.Pattern, "error", err)
		return false
	}
	r.see(uri)
	return true
}

// PutAside keeps the form for when its page is opened again, and goes on to a path of our own: of long forms only, since
// others come back by the address alone.
func (r *Request) PutAside(path string) error {
	if _, err := r.keep(""); err != nil {
		return err
	}
	r.see(path)
	return nil
}

// keep stores the form and gives the address under which its page shows it.
func (r *Request) keep(note string) (string, error) {
	k := kept{Form: r.URL.Path, Fields: keepable(r.PostForm), Errors: r.Page.Errors, Note: note}
	id := keptID(r.PostForm.Get(components.FieldIdempotencyKey))
	if err := r.store(id, k); err != nil {
		return "", err
	}
	q := r.URL.Query()
	q.Set(queryKept, id)
	return r.URL.Path + "?" + q.Encode(), nil
}

func (r *Request) store(id string, k kept) error {
	owner, err := r.owner()
	if err != nil {
		return err
	}
	if owner == "" {
		return r.SaveFlow(keptForms(), id, k)
	}
	content, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if len(content) > maxKept {
		return errTooMuch
	}
	return r.site.Drafts.PutDraft(r.ctx, owner, k.Form, store.Draft{ID: id, Content: content, SavedAt: r.site.Now()})
}

// recall finds the form that was kept for this page: the one that the address names, and of a long form also the newest.
func (r *Request) recall(long bool) {
	id := r.URL.Query().Get(queryKept)
	if r.IsPost() {
		return
	}
	if paths.IsStartedAgain(r.URL) {
		r.Page.Note = "kept.sign_in"
	}
	if id == "" && (!long || !r.SignedIn()) {
		return
	}
	k, saved, err := r.find(id)
	if err != nil {
		r.site.Log.Warn("what was typed could not be read", "route", r.Pattern, "error", err)
	}
	if k == nil {
		return
	}
	r.kept = k
	if id != "" {
		r.Page.Errors = stillTrue(k.Errors, r.site.Now().Sub(saved))
		r.Page.Note = k.Note
	}
	if long {
		r.Page.DraftTime = saved
	}
}

// stillTrue shortens the waits that refusals name by the time since, and leaves those out that are over.
func stillTrue(refused []components.FieldError, since time.Duration) []components.FieldError {
	out := make([]components.FieldError, 0, len(refused))
	for _, e := range refused {
		wait, err := strconv.Atoi(e.Params[i18n.ParamSeconds])
		if err != nil {
			out = append(out, e)
			continue
		}
		if left := wait - int(since.Seconds()); left > 0 {
			e.Params = maps.Clone(e.Params)
			e.Params[i18n.ParamSeconds] = strconv.Itoa(left)
			out = append(out, e)
		}
	}
	return out
}

func (r *Request) find(id string) (*kept, time.Time, error) {
	var k kept
	if s, ok := r.openFlow(keptForms(), id); ok && json.Unmarshal(s.Value, &k) == nil && k.Form == r.URL.Path {
		return &k, s.Saved, nil
	}
	if !r.SignedIn() {
		return nil, time.Time{}, nil
	}
	d, found, err := r.site.Drafts.Draft(r.ctx, r.AccountID(), r.URL.Path, id, r.site.Now())
	if err != nil || !found {
		return nil, time.Time{}, err
	}
	return &k, d.SavedAt, json.Unmarshal(d.Content, &k)
}

// accepted forgets what was kept of the form: it has been sent with success, or its sender gives it up.
func (r *Request) accepted() {
	id := r.URL.Query().Get(queryKept)
	if id != "" && flowID.MatchString(id) {
		r.EndFlow(keptForms(), id)
	}
	if !r.SignedIn() || id == "" && !r.long {
		return
	}
	if err := r.site.Drafts.DeleteDrafts(r.ctx, r.AccountID(), r.URL.Path); err != nil {
		r.site.Log.Warn("a draft could not be deleted", "route", r.Pattern, "error", err)
	}
}

// owner is the account whose form it is: who was signed in when the page was made, whoever is now. A form of a page that was
// nobody's stays nobody's: the next person at the same computer must not find it among their own.
func (r *Request) owner() (string, error) {
	field := r.PostFormValue(components.FieldOwner)
	if field == "" {
		return "", nil
	}
	plain, err := r.site.open(field, ownerData())
	if err != nil {
		return "", err
	}
	account, end, _ := strings.Cut(string(plain), " ")
	until, err := time.Parse(time.RFC3339, end)
	if err == nil && !r.site.Now().Before(until) {
		err = errTooOld
	}
	return account, err
}

// ownerField is what a form carries so that it can be kept for its person when the session has ended.
func (s *Site) ownerField(account string) string {
	text, err := s.seal([]byte(account+" "+s.Now().Add(store.DraftLife).Format(time.RFC3339)), ownerData())
	if err != nil {
		s.Log.Warn("a form has no owner", "error", err)
		return ""
	}
	return text
}

func ownerData() secret.AssociatedData {
	return secret.AssociatedData{Table: "forms", Row: "owner", Column: "account"}
}

// keptID is the same for the same form sent twice.
func keptID(key string) string {
	if key == "" {
		return secret.NewRandomID()
	}
	return hex.EncodeToString(secret.HashToken(key)[:12])
}

// keepable are the fields that come back into the form: no secrets, and nothing that belongs to the page that was sent.
func keepable(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		if !passing(name) {
			out[name] = values
		}
	}
	return out
}

// fieldAnswer is the answer to a control question.
const fieldAnswer = "answer"

func passing(name string) bool {
	switch name {
	case components.FieldCSRF, components.FieldIdempotencyKey, components.FieldOwner, components.FieldAction,
		components.FieldCredential, fieldAnswer:
		return true
	default:
		return strings.HasPrefix(name, "password") || strings.HasSuffix(name, "token") || strings.HasSuffix(name, "etag")
	}
}

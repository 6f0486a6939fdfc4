package requestlog

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Clients knows the clients that the request at hand has looked up: the log itself asks no store.
type Clients interface {
	// RemembersClient says whether it is a client that was just looked up.
	RemembersClient(id string) bool
	// TokenClient is the client that an access token was issued to; false: it is no token of ours.
	TokenClient(token string) (string, bool)
}

// Observer makes entries of requests and their answers.
type Observer struct {
	Recorder *Recorder
	Clients  Clients
	Now      func() time.Time
	// Pages are how addresses of this platform's own pages begin, as the person is led to them.
	Pages []string
}

// Observe has a handler's requests logged under the endpoint's name.
func (o *Observer) Observe(endpoint string, next http.HandlerFunc) http.HandlerFunc {
	if o.Recorder.perMinute == 0 {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, n := withNote(r.Context())
		r = r.WithContext(ctx)
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		next(answer, r)
		if e, ok := o.entry(r, n, answer); ok {
			e.Endpoint = endpoint
			o.Recorder.Add(e)
		}
	}
}

// answer notes the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// entry is what is kept of a request; false: it is no client's, as far as anybody has found out.
func (o *Observer) entry(r *http.Request, n *note, a *answer) (domain.LoggedRequest, bool) {
	p := presented(r)
	clientID := o.clientOf(r, n, p)
	if clientID == "" {
		return domain.LoggedRequest{}, false
	}
	e := domain.LoggedRequest{
		ID: secret.NewID(), ClientID: clientID, Time: o.Now().Truncate(time.Microsecond), Method: r.Method, Status: a.status,
		AuthMethod: authMethod(r, p), Params: redact(p), RequestID: rpc.RequestOf(r.Context()).ID,
		ToPages: o.toPages(a.Header().Get("Location")),
	}
	e.Error, e.Reason = n.refusal(e.Status)
	return e, true
}

func (o *Observer) toPages(location string) bool {
	return slices.ContainsFunc(o.Pages, func(page string) bool { return strings.HasPrefix(location, page) })
}

// presented are the parameters that the handler read: the form of a POST, else the query.
func presented(r *http.Request) url.Values {
	if r.Method == http.MethodPost {
		return r.PostForm
	}
	values, _ := url.ParseQuery(r.URL.RawQuery) // what cannot be read is left out
	return values
}

// clientOf is whose request it is: as a step has found out, or as the request says, if there is such a client.
func (o *Observer) clientOf(r *http.Request, n *note, p url.Values) string {
	if n.clientID != "" {
		return n.clientID
	}
	id := p.Get("client_id")
	if user, _, ok := r.BasicAuth(); ok {
		if plain, err := url.QueryUnescape(user); err == nil {
			id = plain
		}
	}
	if id != "" && o.Clients.RemembersClient(id) {
		return id
	}
	if token := bearer(r, p); token != "" {
		id, _ = o.Clients.TokenClient(token)
		return id
	}
	return ""
}

func bearer(r *http.Request, p url.Values) string {
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return token
	}
	return p.Get("access_token")
}

// authMethod is how the request says who it is from (OpenID Connect Core §9, RFC 6750 §2).
func authMethod(r *http.Request, p url.Values) string {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		return "client_secret_basic"
	case strings.EqualFold(scheme, "Bearer"), p.Has("access_token"):
		return domain.AuthBearer
	case p.Has("client_assertion"):
		return "private_key_jwt"
	case p.Has("client_secret"):
		return "client_secret_post"
	case p.Has("grant_type"), p.Has("token"):
		return "none"
	}
	return ""
}

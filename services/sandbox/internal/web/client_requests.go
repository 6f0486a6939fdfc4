package web

import (
	"net/http"
	"time"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// requestBody is an entry of a client's log.
type requestBody struct {
	ID       string    `json:"id"`
	CallTime time.Time `json:"callTime"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Status   int32     `json:"status"`
	// AuthMethod is how the client said who it is.
	AuthMethod string      `json:"authMethod,omitempty"`
	Parameters []parameter `json:"parameters"`
	// ToPages: the person was led to the pages of this platform.
	ToPages bool        `json:"toPages"`
	Error   string      `json:"error,omitempty"`
	Advice  *adviceBody `json:"advice,omitempty"`
	// Skipped is how many requests before this one the log has left out.
	Skipped   int32  `json:"skipped,omitempty"`
	RequestID string `json:"requestId,omitempty"`
}

type parameter struct {
	Name string `json:"name"`
	// Value is there where it is of use and cannot be secret or about a person; else Length tells how long it is.
	Value  string `json:"value,omitempty"`
	Length int32  `json:"length,omitempty"`
}

// adviceBody is why a request was refused and what helps, each by language.
type adviceBody struct {
	Code     string            `json:"code"`
	Reason   map[string]string `json:"reason"`
	Expected map[string]string `json:"expected"`
	Fix      map[string]string `json:"fix"`
}

func (w *Web) listClientRequests(rw http.ResponseWriter, r *http.Request) error {
	q, err := pageOf(r.URL.Query())
	if err != nil {
		return err
	}
	list, next, err := w.App.ClientRequests(r.Context(), r.PathValue("id"), q)
	if err != nil {
		return err
	}
	out := make([]requestBody, len(list))
	for i, e := range list {
		out[i] = requestBodyOf(e)
	}
	return writePage(rw, "requests", out, next)
}

func requestBodyOf(e *oidcv1.ClientRequest) requestBody {
	out := requestBody{
		ID: e.GetId(), CallTime: e.GetCallTime().AsTime(), Endpoint: e.GetEndpoint(), Method: e.GetMethod(), Status: e.GetStatus(),
		AuthMethod: e.GetAuthMethod(), Parameters: make([]parameter, len(e.GetParameters())), ToPages: e.GetToPages(),
		Error: e.GetError(), Skipped: e.GetSkipped(), RequestID: e.GetRequestId(),
	}
	for i, p := range e.GetParameters() {
		out.Parameters[i] = parameter{Name: p.GetName(), Value: p.GetValue(), Length: p.GetHidden()}
	}
	if a := e.GetAdvice(); a != nil {
		out.Advice = &adviceBody{Code: a.GetCode(), Reason: a.GetReason(), Expected: a.GetExpected(), Fix: a.GetFix()}
	}
	return out
}

package demo

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	cookieName = "propusk_demo"
	// flowLife is how long a person may take to sign in.
	flowLife = 15 * time.Minute
)

// flow is one sign-in in progress. It is stored, sealed, in a cookie of the browser: the partner has no table for it.
type flow struct {
	State, Nonce, Verifier string
	Expire                 time.Time
}

func associatedData() secret.AssociatedData {
	return secret.AssociatedData{Table: "demo", Row: "cookie", Column: "flow"}
}

func (d *Demo) begin(w http.ResponseWriter, verifier string) (flow, error) {
	f := flow{
		State: secret.NewToken().Reveal(), Nonce: secret.NewToken().Reveal(), Verifier: verifier,
		Expire: d.Now().Add(flowLife),
	}
	data, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	sealed, err := d.App.Keys.Seal(data, associatedData())
	if err != nil {
		return f, err
	}
	http.SetCookie(w, d.cookie(base64.RawURLEncoding.EncodeToString(sealed), int(flowLife.Seconds())))
	return f, nil
}

// end returns the flow that the state belongs to and deletes its cookie.
func (d *Demo) end(w http.ResponseWriter, r *http.Request, state string) (flow, bool) {
	var f flow
	c, err := r.Cookie(cookieName)
	if err != nil {
		return f, false
	}
	http.SetCookie(w, d.cookie("", -1))
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return f, false
	}
	data, err := d.App.Keys.Open(sealed, associatedData())
	if err != nil || json.Unmarshal(data, &f) != nil {
		return f, false
	}
	return f, secret.Equal([]byte(f.State), []byte(state)) && d.Now().Before(f.Expire)
}

// cookie is sent on the redirect from the server, so it cannot be SameSite=Strict.
func (d *Demo) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever the installation is
		Name: cookieName, Value: value, Path: "/demo", MaxAge: age,
		HttpOnly: true, Secure: d.secure(), SameSite: http.SameSiteLaxMode,
	}
}

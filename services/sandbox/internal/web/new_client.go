package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/propusk-id/propusk/pkg/secret"
)

// newClient is what is shown of a client this once. Between the form and the page it is in a sealed cookie of the browser: nothing
// keeps a secret here.
type newClient struct {
	ID, Secret string
	// Key is the private key, as a JWK.
	Key    []byte
	Expire time.Time
}

const (
	newClientCookie = "propusk_new_client"
	// newClientLife is how long a private key can be fetched.
	newClientLife = 10 * time.Minute
)

func newClientData() secret.AssociatedData {
	return secret.AssociatedData{Table: "clients", Row: "cookie", Column: "new"}
}

func (w *Web) keepNew(rw http.ResponseWriter, n newClient) error {
	n.Expire = w.App.Now().Add(newClientLife)
	data, err := json.Marshal(n) //nolint:gosec // sealed before it leaves
	if err != nil {
		return err
	}
	sealed, err := w.App.Keys.Seal(data, newClientData())
	if err != nil {
		return err
	}
	w.setNew(rw, base64.RawURLEncoding.EncodeToString(sealed), int(newClientLife.Seconds()))
	return nil
}

func (w *Web) setNew(rw http.ResponseWriter, value string, age int) {
	http.SetCookie(rw, &http.Cookie{ //nolint:gosec // Secure wherever the installation is
		Name: newClientCookie, Value: value, Path: clientsPath, MaxAge: age, HttpOnly: true, Secure: w.Secure, SameSite: http.SameSiteStrictMode,
	})
}

// newOf is what this browser has just made, if it is the client.
func (w *Web) newOf(r *http.Request, id string) (n newClient, ok bool) {
	c, err := r.Cookie(newClientCookie)
	if err != nil {
		return n, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return n, false
	}
	data, err := w.App.Keys.Open(sealed, newClientData())
	if err != nil || json.Unmarshal(data, &n) != nil {
		return n, false
	}
	return n, n.ID == id && w.App.Now().Before(n.Expire)
}

// forgetSecret has the secret not be shown again; a key stays until it is fetched.
func (w *Web) forgetSecret(rw http.ResponseWriter, n newClient) {
	if len(n.Key) == 0 {
		w.setNew(rw, "", -1)
	}
}

// clientKey gives the private key of a client that this browser has just made, once.
func (w *Web) clientKey(rw http.ResponseWriter, r *http.Request) {
	made, ok := w.newOf(r, r.PathValue("id"))
	if !ok || len(made.Key) == 0 {
		w.missing(rw, r)
		return
	}
	w.setNew(rw, "", -1)
	h := rw.Header()
	h.Set("Content-Type", "application/jwk+json")
	h.Set("Content-Disposition", `attachment; filename="private-key.jwk.json"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(made.Key)
}

// newKeyPair makes a key of P-256: the set with the public part, and the private key (RFC 7517, RFC 7518 §6.2).
func newKeyPair() (public *structpb.Struct, private []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, nil, err
	}
	d, err := key.Bytes()
	if err != nil {
		return nil, nil, err
	}
	encode, half := base64.RawURLEncoding.EncodeToString, (len(point)-1)/2
	jwk := map[string]any{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": secret.NewRandomID(),
		"x": encode(point[1 : 1+half]), "y": encode(point[1+half:]),
	}
	if public, err = structpb.NewStruct(map[string]any{"keys": []any{jwk}}); err != nil {
		return nil, nil, err
	}
	jwk["d"] = encode(d)
	private, err = json.MarshalIndent(jwk, "", "  ")
	return public, private, err
}

package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/allinone/bench/minimal"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// minimalServer is the floor: a process of its own, with a PostgreSQL and a Redis of its own.
type minimalServer struct {
	stores
	program
	dir    string
	http   *http.Client
	api    journey.Client
	secret string
	sms    *smsGateway
}

// minimal is the minimal server, which is started when it is first needed.
func (w *world) minimal(ctx context.Context) (*minimalServer, error) {
	if w.floor != nil {
		return w.floor, nil
	}
	fmt.Fprintln(os.Stderr, "Starting the minimal server …")
	m := &minimalServer{http: newClient(), secret: secret.NewToken().Reveal(), sms: newSMSGateway()}
	w.floor = m
	if err := m.stores.start(ctx); err != nil {
		return nil, err
	}
	if err := m.serve(ctx, w.options.Minimal); err != nil {
		return nil, err
	}
	for i := range callers {
		in := map[string]string{"lastName": "Гаврилова", "firstName": "Анна", "phone": phoneOf(i), "password": password}
		if err := m.api.Call(ctx, http.MethodPost, "/accounts", in, nil); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func phoneOf(n int) string { return fmt.Sprintf("+7903%07d", n) }

func (m *minimalServer) serve(ctx context.Context, command []string) (err error) {
	if m.dir, err = os.MkdirTemp("", "propusk-bench-minimal-"); err != nil {
		return err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	options, err := json.Marshal(minimal.Options{
		DatabaseURL: m.postgres.URL(), RedisURL: m.redis.URL(), Listen: address, Dir: m.dir, SMS: m.sms.server.URL,
		ClientHash: secret.HashToken(m.secret),
	})
	if err != nil {
		return err
	}
	server := exec.Command(command[0], command[1:]...) //nolint:noctx // it is stopped in order
	server.Env = append(os.Environ(), minimal.Variable+"="+string(options))
	server.Stderr = os.Stderr
	if err := m.program.start(server); err != nil {
		return err
	}
	m.pids.server = server.Process.Pid
	m.api = journey.Client{URL: "http://" + address, HTTP: m.http}
	return m.awaitReady(ctx, m.http, m.api.URL+"/ready")
}

func (m *minimalServer) close() error {
	m.sms.server.Close()
	return errors.Join(m.program.stop(), m.stores.stop(), os.RemoveAll(m.dir))
}

// signIn has each worker's person sign in.
func (m *minimalServer) signIn() operation {
	return timed(func(ctx context.Context, worker int) error {
		_, err := m.session(ctx, worker)
		return err
	})
}

func (m *minimalServer) session(ctx context.Context, person int) (string, error) {
	var out struct{ Token string }
	in := map[string]string{"login": phoneOf(person), "password": password}
	err := m.api.Call(ctx, http.MethodPost, "/sessions", in, &out)
	return out.Token, err
}

// visitors prepares a browser for each worker.
func (m *minimalServer) visitors(ctx context.Context) ([]*visitor, error) {
	out := make([]*visitor, callers)
	for i := range out {
		token, err := m.session(ctx, i)
		if err != nil {
			return nil, err
		}
		p := partner{url: m.api.URL, id: minimal.ClientID, secret: m.secret, callback: minimal.RedirectURI}
		if out[i], err = newVisitor(p, withCookie{next: m.http.Transport, cookie: "session=" + token}); err != nil {
			return nil, err
		}
		if err := out[i].logIn(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// withCookie sends a cookie with every request.
type withCookie struct {
	next   http.RoundTripper
	cookie string
}

// RoundTrip adds the cookie.
func (t withCookie) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Cookie", t.cookie)
	return t.next.RoundTrip(r)
}

// signUps are how a sign-up is begun and proven at the minimal server.
func (m *minimalServer) signUps() signUps {
	return signUps{
		start: func(ctx context.Context, phone string) (string, error) {
			var out struct{ ID string }
			in := map[string]string{"lastName": "Гаврилова", "firstName": "Анна", "phone": phone}
			err := m.api.Call(ctx, http.MethodPost, "/registrations", in, &out)
			return out.ID, err
		},
		code: func(_ context.Context, phone string) (string, error) { return m.sms.take(phone) },
		verify: func(ctx context.Context, id, code string) error {
			return m.api.Call(ctx, http.MethodPost, "/registrations/"+id+"/verify", map[string]string{"code": code}, nil)
		},
	}
}

// smsGateway is what the minimal server sends its codes through: it keeps the last one of each phone.
type smsGateway struct {
	server *httptest.Server
	codes  sync.Map
}

func newSMSGateway() *smsGateway {
	g := &smsGateway{}
	g.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var m minimal.SMS
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		g.codes.Store(m.To, m.Text)
	}))
	return g
}

func (g *smsGateway) take(phone string) (string, error) {
	code, ok := g.codes.LoadAndDelete(phone)
	text, isText := code.(string)
	if !ok || !isText {
		return "", errors.New("no code came for " + phone)
	}
	return text, nil
}

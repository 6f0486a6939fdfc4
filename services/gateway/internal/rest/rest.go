package rest

import (
	"context"
	"net/http"
	"slices"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
)

// restService is a service whose contract the API offers.
type restService struct {
	name     string
	register func(ctx context.Context, mux *runtime.ServeMux, cc grpc.ClientConnInterface) error
}

// Services are the names of the services that the API offers.
func Services() []string {
	var out []string
	for _, s := range restServices {
		out = append(out, s.name)
	}
	return slices.Compact(out)
}

// API serves /v1.
type API struct {
	mux      *runtime.ServeMux
	sessions *session.Resolver
	// statuses are those of successes, by method.
	statuses map[string]int
	// expected is what requests may have, by method and path.
	expected map[string]expected
	accounts accountv1.AccountServiceClient
	profiles profilev1.ProfileServiceClient
}

// Dial connects to a service.
type Dial func(service string) (grpc.ClientConnInterface, error)

// New serves the API over the services. It fails when a contract lets callers say who they are.
func New(ctx context.Context, dial Dial, sessions *session.Resolver) (*API, error) {
	methods := contract.Methods()
	if err := contract.Check(methods); err != nil {
		return nil, err
	}
	expected, err := expectations(methods)
	if err != nil {
		return nil, err
	}
	api := &API{sessions: sessions, statuses: map[string]int{}, expected: expected}
	for _, m := range methods {
		api.statuses[m.FullMethod()] = m.Status()
	}
	api.mux = runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, answers{&runtime.JSONPb{
			MarshalOptions: protojson.MarshalOptions{EmitDefaultValues: true},
		}}),
		runtime.WithIncomingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithOutgoingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithErrorHandler(handleError),
		runtime.WithRoutingErrorHandler(api.handleRoutingError),
		runtime.WithMiddlewares(noteRoute, api.checkRequest),
		runtime.WithForwardResponseOption(api.finish),
	)
	return api, api.register(ctx, dial)
}

func (a *API) register(ctx context.Context, dial Dial) error {
	for _, s := range restServices {
		conn, err := dial(s.name)
		if err != nil {
			return err
		}
		if err := s.register(ctx, a.mux, callerConn{conn}); err != nil {
			return err
		}
	}
	return a.compose(dial)
}

// compose adds what several services answer together.
func (a *API) compose(dial Dial) error {
	account, err := dial("account")
	if err != nil {
		return err
	}
	profile, err := dial("profile")
	if err != nil {
		return err
	}
	a.accounts, a.profiles = accountv1.NewAccountServiceClient(account), profilev1.NewProfileServiceClient(profile)
	return a.mux.HandlePath(http.MethodGet, "/v1/me", a.me)
}

// ServeHTTP answers one API call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept-Language, Authorization")
	if err := checkContentType(r); err != nil {
		WriteProblem(w, r, err)
		return
	}
	ctx, err := a.authenticate(context.WithValue(r.Context(), ifMatchKey{}, r.Header.Values("If-Match")), r)
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	f := &found{}
	// grpc-gateway would hand on the bearer token, and let the caller choose the deadline and the method.
	call := r.WithContext(context.WithValue(ctx, foundKey{}, f))
	call.Header = http.Header{}
	if call.Method == http.MethodHead {
		call.Method = http.MethodGet // net/http leaves the body out
	}
	if a.mux.ServeHTTP(w, call); f.pattern != "" {
		r.Pattern = f.pattern // for the log
	}
}

func handleError(
	_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error,
) {
	WriteProblem(w, r, parseError(err))
}

// finish sets the status and the ETag of a success, and puts what services know in the form that people know.
func (a *API) finish(ctx context.Context, w http.ResponseWriter, m proto.Message) error {
	if e, ok := m.(interface{ GetEtag() string }); ok && e.GetEtag() != "" {
		w.Header().Set("ETag", e.GetEtag())
	}
	switch m := m.(type) {
	case *accountv1.CheckPasswordResponse:
		Explain(ctx, m)
	case *profilev1.Person:
		m.Snils = identifiers.SNILS(m.GetSnils()).Format()
	}
	method, _ := runtime.RPCMethod(ctx)
	if status := a.statuses[method]; status != http.StatusOK && status != 0 {
		w.WriteHeader(status)
	}
	return nil
}

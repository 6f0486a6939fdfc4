package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
)

// API serves /v1.
type API struct {
	mux      *runtime.ServeMux
	sessions *session.Resolver
	origins  Origins
	accounts accountv1.AccountServiceClient
	profiles profilev1.ProfileServiceClient
}

// New serves the API over the services; origins are front ends of other sites that may call it.
func New(ctx context.Context, c Conns, sessions *session.Resolver, origins Origins) (*API, error) {
	api := &API{
		sessions: sessions, origins: origins,
		accounts: accountv1.NewAccountServiceClient(c["account"]),
		profiles: profilev1.NewProfileServiceClient(c["profile"]),
	}
	api.mux = runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, wholeJSON{&runtime.JSONPb{
			MarshalOptions:   protojson.MarshalOptions{EmitDefaultValues: true},
			UnmarshalOptions: protojson.UnmarshalOptions{},
		}}),
		runtime.SetQueryParameterParser(&parameters{}),
		runtime.WithIncomingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithOutgoingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithErrorHandler(handleError),
		runtime.WithRoutingErrorHandler(api.handleRoutingError),
		runtime.WithMiddlewares(noteRoute),
		runtime.WithForwardResponseOption(finish),
	)
	return api, api.register(ctx, c)
}

func (a *API) register(ctx context.Context, c Conns) error {
	for _, service := range restServices {
		if err := service.register(ctx, a.mux, meConn{c[service.name]}); err != nil {
			return err
		}
	}
	return a.mux.HandlePath(http.MethodGet, "/v1/me", a.me)
}

// ServeHTTP answers one API call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.origins.handle(w, r) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept-Language, Authorization")
	if err := errors.Join(checkContentType(r), checkText(r)); err != nil {
		WriteProblem(w, r, err)
		return
	}
	ctx := context.WithValue(r.Context(), ifMatchKey{}, r.Header.Get("If-Match"))
	ctx, err := a.authenticate(ctx, r)
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

// finish sets the status and the ETag of a success, and puts the words into what is answered in words.
func finish(ctx context.Context, w http.ResponseWriter, m proto.Message) error {
	if e, ok := m.(interface{ GetEtag() string }); ok && e.GetEtag() != "" {
		w.Header().Set("ETag", e.GetEtag())
	}
	if c, ok := m.(*accountv1.CheckPasswordResponse); ok {
		explain(ctx, c)
	}
	method, _ := runtime.RPCMethod(ctx)
	if status, ok := Successes[method]; ok {
		w.WriteHeader(status)
	}
	return nil
}

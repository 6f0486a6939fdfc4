// Package api is account's gRPC server.
package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	accountv1.UnimplementedAccountServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// CheckPassword checks a password against the policy.
func (s *Server) CheckPassword(
	_ context.Context, r *accountv1.CheckPasswordRequest,
) (*accountv1.CheckPasswordResponse, error) {
	broken := s.app.Policy.Violations(r.GetPassword(), r.GetContext())
	out := &accountv1.CheckPasswordResponse{
		Acceptable: len(broken) == 0, Score: int32(s.app.Policy.Score(r.GetPassword(), r.GetContext())),
	}
	for _, reason := range broken {
		out.Violations = append(out.Violations, &accountv1.PasswordViolation{
			Code: reason.String(), Limit: int32(s.app.Policy.Limit(reason)),
		})
	}
	return out, nil
}

// GetPasswordPolicy says what the policy asks.
func (s *Server) GetPasswordPolicy(
	context.Context, *accountv1.GetPasswordPolicyRequest,
) (*accountv1.PasswordPolicy, error) {
	p := s.app.Policy
	return &accountv1.PasswordPolicy{
		MinLength: int32(p.MinLength()), MaxLength: int32(p.MaxLength()), Composed: p.Composed(),
		Punctuation: p.Punctuation(), Forbidden: p.Forbidden(),
	}, nil
}

// GeneratePassword generates a password that satisfies the policy.
func (s *Server) GeneratePassword(
	context.Context, *accountv1.GeneratePasswordRequest,
) (*accountv1.GeneratePasswordResponse, error) {
	return &accountv1.GeneratePasswordResponse{Password: s.app.Policy.Generate()}, nil
}

// CreateSession signs a person in.
func (s *Server) CreateSession(ctx context.Context, r *accountv1.CreateSessionRequest) (*accountv1.Session, error) {
	cmd := app.SignInCommand{
		Login: r.GetLogin(), Password: secret.New(r.GetPassword()), Surface: domain.SurfaceOf(r.GetSurface()),
	}
	return idempotency.RunVerified(ctx, s.app.Answers, r, signedInView,
		func(ctx context.Context, answered idempotency.Hook[app.SignedIn]) (app.SignedIn, error) {
			return s.app.SignIn(ctx, cmd, answered)
		}, s.works)
}

// Reauthenticate proves the password again.
func (s *Server) Reauthenticate(ctx context.Context, r *accountv1.ReauthenticateRequest) (*accountv1.Session, error) {
	account, id, err := ids(r)
	if err != nil {
		return nil, err
	}
	cmd := app.ReauthenticateCommand{AccountID: account, SessionID: id, Password: secret.New(r.GetPassword())}
	return idempotency.RunVerified(ctx, s.app.Answers, r, signedInView,
		func(ctx context.Context, answered idempotency.Hook[app.SignedIn]) (app.SignedIn, error) {
			return s.app.Reauthenticate(ctx, cmd, answered)
		}, s.works)
}

// works refuses a stored answer whose token lets nobody in any more.
func (s *Server) works(ctx context.Context, answer *accountv1.Session) error {
	_, err := s.app.Resolve(ctx, answer.GetToken(), domain.SurfaceOf(answer.GetSurface()))
	return err
}

// ResolveSession finds the session of a token.
func (s *Server) ResolveSession(ctx context.Context, r *accountv1.ResolveSessionRequest) (*accountv1.Session, error) {
	return orError(sessionView)(s.app.Resolve(ctx, r.GetToken(), domain.SurfaceOf(r.GetSurface())))
}

// GetSession finds a session by id.
func (s *Server) GetSession(ctx context.Context, r *accountv1.GetSessionRequest) (*accountv1.Session, error) {
	id, err := identifiers.ParseID(r.GetSessionId())
	if err != nil {
		return nil, domain.Ended()
	}
	return orError(sessionView)(s.app.Session(ctx, id))
}

// DeleteSession signs out.
func (s *Server) DeleteSession(ctx context.Context, r *accountv1.DeleteSessionRequest) (*emptypb.Empty, error) {
	account, id, err := ids(r)
	if err != nil {
		return nil, err
	}
	if err := s.app.SignOut(ctx, account, id); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, nil
}

// GetAccount reads an account.
func (s *Server) GetAccount(ctx context.Context, r *accountv1.GetAccountRequest) (*accountv1.Account, error) {
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(view)(s.app.Account(ctx, id))
}

// GetContacts gives the proven contacts.
func (s *Server) GetContacts(ctx context.Context, r *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	c, err := s.app.Contacts(ctx, id)
	if err != nil {
		return nil, err
	}
	return &accountv1.Contacts{Phone: c.Phone, Email: c.Email, Language: c.Language}, nil
}

// LookupContact says whether a contact has an owner.
func (s *Server) LookupContact(
	ctx context.Context, r *accountv1.LookupContactRequest,
) (*accountv1.LookupContactResponse, error) {
	taken, err := s.app.Taken(ctx, r.GetPhone(), r.GetEmail())
	if err != nil {
		return nil, err
	}
	return &accountv1.LookupContactResponse{Taken: taken}, nil
}

// CreateAccount creates a simplified account.
func (s *Server) CreateAccount(ctx context.Context, r *accountv1.CreateAccountRequest) (*accountv1.Account, error) {
	var fields errs.Fields
	id := parseID(&fields, "account_id", r.GetAccountId())
	if err := fields.Err(); err != nil {
		return nil, err
	}
	return orError(view)(s.app.Create(ctx, app.CreateCommand{
		ID: id, Phone: r.GetPhone(), Email: r.GetEmail(), Password: secret.New(r.GetPassword()), About: r.GetPasswordContext(),
		Language: r.GetLanguage(),
	}))
}

// ApplyEvidence raises the level.
func (s *Server) ApplyEvidence(ctx context.Context, r *accountv1.ApplyEvidenceRequest) (*accountv1.Account, error) {
	e, err := evidence(r)
	if err != nil {
		return nil, err
	}
	if rpc.CallerOf(ctx) != evidenceIssuers[e.Level] {
		return nil, errs.New(errorsv1.Reason_PERMISSION_DENIED, "the service issues evidence for another level")
	}
	return orError(view)(s.app.ApplyEvidence(ctx, e))
}

// ids are those of an account and of a session, which need not exist.
func ids(r interface {
	GetAccountId() string
	GetSessionId() string
},
) (account, session uuid.UUID, err error) {
	if account, err = identifiers.ParseID(r.GetAccountId()); err != nil {
		return account, session, err
	}
	if session, err = identifiers.ParseID(r.GetSessionId()); err != nil {
		return account, session, domain.Ended()
	}
	return account, session, nil
}

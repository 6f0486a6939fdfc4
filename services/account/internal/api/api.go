// Package api is account's gRPC face.
package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
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

// CheckPassword judges a password.
func (s *Server) CheckPassword(
	_ context.Context, r *accountv1.CheckPasswordRequest,
) (*accountv1.CheckPasswordResponse, error) {
	broken := s.app.Policy.Violations(r.GetPassword(), r.GetContext())
	out := &accountv1.CheckPasswordResponse{
		Acceptable: len(broken) == 0, Score: int32(s.app.Policy.Score(r.GetPassword(), r.GetContext())),
	}
	for _, reason := range broken {
		out.Violations = append(out.Violations, &accountv1.PasswordViolation{Code: reason.String()})
	}
	return out, nil
}

// GeneratePassword makes a password that satisfies the policy.
func (s *Server) GeneratePassword(
	context.Context, *accountv1.GeneratePasswordRequest,
) (*accountv1.GeneratePasswordResponse, error) {
	return &accountv1.GeneratePasswordResponse{Password: s.app.Policy.Generate()}, nil
}

// CreateSession signs a person in.
func (s *Server) CreateSession(ctx context.Context, r *accountv1.CreateSessionRequest) (*accountv1.Session, error) {
	out, err := s.app.SignIn(ctx, app.SignInCommand{
		Login: r.GetLogin(), Password: r.GetPassword(), Surface: domain.SurfaceOf(int(r.GetSurface())),
	})
	return opened(out, err)
}

// Reauthenticate proves the password again.
func (s *Server) Reauthenticate(ctx context.Context, r *accountv1.ReauthenticateRequest) (*accountv1.Session, error) {
	account, id, err := ids(r)
	if err != nil {
		return nil, err
	}
	return opened(s.app.Reauthenticate(ctx, app.ReauthenticateCommand{
		AccountID: account, SessionID: id, Password: r.GetPassword(),
	}))
}

// ResolveSession finds the session of a token.
func (s *Server) ResolveSession(ctx context.Context, r *accountv1.ResolveSessionRequest) (*accountv1.Session, error) {
	return found(s.app.Resolve(ctx, r.GetToken(), domain.SurfaceOf(int(r.GetSurface()))))
}

// GetSession finds a session by id.
func (s *Server) GetSession(ctx context.Context, r *accountv1.GetSessionRequest) (*accountv1.Session, error) {
	id, err := uuid.Parse(r.GetSessionId())
	if err != nil {
		return nil, domain.Ended()
	}
	return found(s.app.Session(ctx, id))
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

// GetAccount shows an account.
func (s *Server) GetAccount(ctx context.Context, r *accountv1.GetAccountRequest) (*accountv1.Account, error) {
	id, err := accountID(r)
	if err != nil {
		return nil, err
	}
	return shown(s.app.Account(ctx, id))
}

// GetContacts gives the proven contacts.
func (s *Server) GetContacts(ctx context.Context, r *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	id, err := accountID(r)
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

// CreateAccount makes a simplified account.
func (s *Server) CreateAccount(ctx context.Context, r *accountv1.CreateAccountRequest) (*accountv1.Account, error) {
	id, err := accountID(r)
	if err != nil {
		return nil, err
	}
	return shown(s.app.Create(ctx, app.CreateCommand{
		ID: id, Phone: r.GetPhone(), Email: r.GetEmail(), Password: r.GetPassword(), About: r.GetPasswordContext(),
		Language: r.GetLanguage(),
	}))
}

// ApplyEvidence raises the level.
func (s *Server) ApplyEvidence(ctx context.Context, r *accountv1.ApplyEvidenceRequest) (*accountv1.Account, error) {
	e, err := evidence(r)
	if err != nil {
		return nil, err
	}
	if rpc.CallerOf(ctx) != givers[e.Level] {
		return nil, errs.New(errs.Denied, errorsv1.Reason_PERMISSION_DENIED, "the service gives evidence for another level")
	}
	return shown(s.app.ApplyEvidence(ctx, e))
}

func accountID(r interface{ GetAccountId() string }) (uuid.UUID, error) {
	id, err := uuid.Parse(r.GetAccountId())
	if err != nil {
		var fields errs.Fields
		fields.Add("account_id", errorsv1.Reason_FIELD_MALFORMED)
		return uuid.Nil, fields.Err()
	}
	return id, nil
}

// ids are those of an account and of a session, which need not exist.
func ids(r interface {
	GetAccountId() string
	GetSessionId() string
},
) (account, session uuid.UUID, err error) {
	if account, err = accountID(r); err != nil {
		return account, session, err
	}
	if session, err = uuid.Parse(r.GetSessionId()); err != nil {
		return account, session, domain.Ended()
	}
	return account, session, nil
}

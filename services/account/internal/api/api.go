// Package api is account's gRPC server.
package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/grpc"
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
	accountv1.UnimplementedSignInServiceServer
	accountv1.UnimplementedSecondFactorServiceServer
	app *app.App
}

// Register has a server serve the use cases.
func Register(to grpc.ServiceRegistrar, a *app.App) {
	s := &Server{app: a}
	accountv1.RegisterAccountServiceServer(to, s)
	accountv1.RegisterSignInServiceServer(to, s)
	accountv1.RegisterSecondFactorServiceServer(to, s)
	accountv1.RegisterContactServiceServer(to, &Contacts{app: a})
	accountv1.RegisterContactClaimServiceServer(to, &Claims{app: a})
	accountv1.RegisterRecoveryServiceServer(to, &Recoveries{app: a})
	accountv1.RegisterControlQuestionServiceServer(to, &Questions{app: a})
	accountv1.RegisterDeviceServiceServer(to, &Devices{app: a})
	accountv1.RegisterSettingsServiceServer(to, &Settings{app: a})
	accountv1.RegisterTrustedContactServiceServer(to, &TrustedContacts{app: a})
	accountv1.RegisterAvatarServiceServer(to, &Avatars{app: a})
}

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

// ChangePassword sets another password. A request that is repeated after it was done, whose present password is wrong by
// now, is counted as such and then gets its answer: a key is no way around the limits on guessing.
func (s *Server) ChangePassword(ctx context.Context, r *accountv1.ChangePasswordRequest) (*emptypb.Empty, error) {
	account, id, err := ids(r)
	if err != nil {
		return nil, err
	}
	cmd := app.ChangePasswordCommand{
		AccountID: account, SessionID: id, Current: secret.New(r.GetCurrentPassword()), New: secret.New(r.GetNewPassword()),
	}
	out, err := idempotency.RunVerified(ctx, s.app.Answers, r, nothing,
		func(ctx context.Context, answered idempotency.Hook[struct{}]) (struct{}, error) {
			return struct{}{}, s.app.ChangePassword(ctx, cmd, answered)
		})
	if !errs.Is(err, errorsv1.Reason_SIGN_IN_FAILED) {
		return out, err
	}
	request, repeatable, keyErr := s.app.Answers.NewRequest(ctx, r)
	if !repeatable || keyErr != nil {
		return nil, err
	}
	return out, s.app.Answers.LookupOr(ctx, request, out, err)
}

func nothing(struct{}) *emptypb.Empty { return &emptypb.Empty{} }

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

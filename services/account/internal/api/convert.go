package api

import (
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

func view(a domain.Account) *accountv1.Account {
	out := &accountv1.Account{
		AccountId: a.ID.String(), Oid: a.OID, Level: a.Level, CreateTime: timestamppb.New(a.CreateTime), Language: a.Language,
	}
	if a.Level >= accountv1.Level_STANDARD {
		out.SnapshotId = a.Snapshot.String()
	}
	if a.Level >= accountv1.Level_CONFIRMED {
		out.Confirmation = &accountv1.Confirmation{Method: a.Method, Time: timestamppb.New(a.ConfirmTime)}
	}
	return out
}

func sessionView(s domain.Session) *accountv1.Session { return signedInView(app.SignedIn{Session: s}) }

func signedInView(s app.SignedIn) *accountv1.Session {
	return &accountv1.Session{
		Id: s.ID.String(), State: accountv1.Session_ACTIVE, Token: s.Token.Reveal(), ExpireTime: timestamppb.New(s.ExpireTime),
		AccountId: s.AccountID.String(), Level: s.Level, AuthTime: timestamppb.New(s.AuthTime), Amr: s.AMR, Surface: s.Surface,
		Language: s.Language,
	}
}

// orError is the view of what a use case gives, or its error.
func orError[T, M any](view func(T) *M) func(T, error) (*M, error) {
	return func(v T, err error) (*M, error) {
		if err != nil {
			return nil, err
		}
		return view(v), nil
	}
}

// evidence reads what the level needs: an identity for standard, a method for confirmed.
func evidence(r *accountv1.ApplyEvidenceRequest) (domain.Evidence, error) {
	e := domain.Evidence{Level: r.GetLevel()}
	var fields errs.Fields
	e.ID = parseID(&fields, "evidence_id", r.GetEvidenceId())
	e.AccountID = parseID(&fields, "account_id", r.GetAccountId())
	e.Snapshot = parseID(&fields, "snapshot_id", r.GetSnapshotId())
	switch e.Level {
	case accountv1.Level_STANDARD:
		e.Claims = claims(&fields, r)
	case accountv1.Level_CONFIRMED:
		if e.Method = r.GetMethod(); e.Method == 0 {
			fields.Add("method", errorsv1.Reason_FIELD_REQUIRED)
		}
	default:
		fields.Add("level", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	return e, fields.Err()
}

func claims(fields *errs.Fields, r *accountv1.ApplyEvidenceRequest) []domain.Identifier {
	snils, err := identifiers.ParseSNILS(r.GetSnils())
	fields.Check("snils", err)
	passport, err := identifiers.ParsePassport(r.GetPassport())
	fields.Check("passport", err)
	return []domain.Identifier{
		{Kind: domain.SNILS, Key: string(snils), Value: string(snils)},
		{Kind: domain.Passport, Key: passport.Key(), Value: passport.Key()},
	}
}

func parseID(fields *errs.Fields, name, text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		fields.Add(name, errorsv1.Reason_FIELD_MALFORMED)
	}
	return id
}

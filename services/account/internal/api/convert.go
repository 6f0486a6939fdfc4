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

func shown(a domain.Account, err error) (*accountv1.Account, error) {
	if err != nil {
		return nil, err
	}
	out := &accountv1.Account{
		AccountId: a.ID.String(), Oid: a.OID, Level: accountv1.Level(a.Level),
		CreateTime: timestamppb.New(a.CreateTime), Language: a.Language,
	}
	if a.Level >= domain.Standard {
		out.SnapshotId = a.Snapshot.String()
	}
	if a.Level >= domain.Confirmed {
		out.Confirmation = &accountv1.Confirmation{
			Method: accountv1.Method(a.Method), Time: timestamppb.New(a.ConfirmTime),
		}
	}
	return out, nil
}

func found(s domain.Session, err error) (*accountv1.Session, error) {
	return opened(app.Opened{Session: s}, err)
}

func opened(s app.Opened, err error) (*accountv1.Session, error) {
	if err != nil {
		return nil, err
	}
	return &accountv1.Session{
		Id: s.ID.String(), State: accountv1.Session_ACTIVE, Token: s.Token, ExpireTime: timestamppb.New(s.ExpireTime),
		AccountId: s.AccountID.String(), Level: accountv1.Level(s.Level), AuthTime: timestamppb.New(s.AuthTime),
		Amr: s.AMR, Surface: accountv1.Surface(s.Surface),
	}, nil
}

// evidence reads what the level needs: an identity for standard, a method for confirmed.
func evidence(r *accountv1.ApplyEvidenceRequest) (domain.Evidence, error) {
	e := domain.Evidence{Level: domain.Level(r.GetLevel())}
	var fields errs.Fields
	e.ID = parseID(&fields, "evidence_id", r.GetEvidenceId())
	e.AccountID = parseID(&fields, "account_id", r.GetAccountId())
	e.Snapshot = parseID(&fields, "snapshot_id", r.GetSnapshotId())
	switch e.Level {
	case domain.Standard:
		e.Claims = claims(&fields, r)
	case domain.Confirmed:
		if e.Method = domain.Method(r.GetMethod()); e.Method == 0 {
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

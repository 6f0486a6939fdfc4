package api

import (
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
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

func sessionView(s domain.Session) *accountv1.Session { return progressView(app.Progress{Session: s}) }

// progressView is a session, or what is left on the way to one.
func progressView(p app.Progress) *accountv1.Session {
	if !p.Active() {
		return &accountv1.Session{
			State: accountv1.Session_STEP_REQUIRED, ExpireTime: timestamppb.New(p.SignIn.ExpireTime), Surface: p.SignIn.Surface,
			SignInToken: p.SignInToken.Reveal(), Steps: stepViews(p.Steps),
		}
	}
	s := p.Session
	return &accountv1.Session{
		Id: s.ID.String(), State: accountv1.Session_ACTIVE, Token: p.Token.Reveal(), ExpireTime: timestamppb.New(s.ExpireTime),
		AccountId: s.AccountID.String(), Level: s.Level, AuthTime: timestamppb.New(s.AuthTime), Amr: s.AMR, Surface: s.Surface,
		Language: s.Language, DeviceToken: p.DeviceToken.Reveal(), Assurance: s.Steps.Assurance(), ProofTime: timestamp(s.ProofTime),
	}
}

func stepViews(steps []app.OpenStep) []*accountv1.Step {
	var out []*accountv1.Step
	for _, s := range steps {
		out = append(out, &accountv1.Step{
			StepId: s.Kind.String(), Kind: s.Kind, Destination: s.Destination, Options: object(s.Options),
			CodeExpireTime: timestamp(s.CodeExpireTime), Question: s.Question,
		})
	}
	return out
}

// stepOf reads the id of a step: its kind, of which a sign-in asks for one.
func stepOf(id string) domain.StepKind { return domain.StepKind(accountv1.StepKind_value[id]) }

func factorView(f app.SecondFactor) *accountv1.SecondFactor {
	return &accountv1.SecondFactor{
		Id: f.ID.String(), Kind: f.Kind, State: f.State, Name: f.Name, CreateTime: timestamppb.New(f.CreateTime),
		LastUseTime: timestamp(f.LastUseTime), Destination: f.Destination, OtpauthUri: f.OTPAuthURI, QrCode: f.QRCode,
		Options: object(f.Options), BackupCodes: f.BackupCodes, CodesLeft: int32(f.CodesLeft),
		CodeExpireTime: timestamp(f.CodeExpireTime),
	}
}

// timestamp is none of no time.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// object is what JSON of ours says; nil: nothing.
func object(text []byte) *structpb.Struct {
	out := &structpb.Struct{}
	if len(text) == 0 || protojson.Unmarshal(text, out) != nil {
		return nil
	}
	return out
}

// text is an object in JSON; nil: there is none.
func text(o *structpb.Struct) []byte {
	if o == nil {
		return nil
	}
	out, err := protojson.Marshal(o)
	if err != nil { // what was received can be sent
		return nil
	}
	return out
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

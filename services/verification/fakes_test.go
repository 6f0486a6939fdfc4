package verification_test

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// profiles plays profile: everybody has a full card, and a snapshot once it is frozen.
type profiles struct {
	profilev1.UnimplementedProfileServiceServer
	mu        sync.Mutex
	snils     map[string]string
	snapshots map[string]*profilev1.Snapshot
	refuse    error
}

func (p *profiles) FreezeSnapshot(_ context.Context, r *profilev1.FreezeSnapshotRequest) (*profilev1.Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		return nil, p.refuse
	}
	for _, s := range p.snapshots {
		if s.GetAccountId() == r.GetAccountId() {
			return s, nil
		}
	}
	s := &profilev1.Snapshot{
		SnapshotId: uuid.Must(uuid.NewV7()).String(), AccountId: r.GetAccountId(), State: profilev1.DataState_PENDING,
		Person: p.person(r.GetAccountId()), Passport: passport(p.snils[r.GetAccountId()]),
	}
	p.snapshots[s.GetSnapshotId()] = s
	return s, nil
}

func (p *profiles) GetSnapshot(_ context.Context, r *profilev1.GetSnapshotRequest) (*profilev1.Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.snapshots[r.GetSnapshotId()]; ok {
		return s, nil
	}
	return nil, errs.New(errorsv1.Reason_NOT_FOUND, "no snapshot")
}

// void is what profile does when it hears of a mismatch or expiry.
func (p *profiles) void(account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, s := range p.snapshots {
		if s.GetAccountId() == account {
			delete(p.snapshots, id)
		}
	}
}

func (p *profiles) person(account string) *profilev1.Person {
	return &profilev1.Person{
		LastName: "Канарейкин", FirstName: "Иван", MiddleName: "Иванович", Gender: profilev1.Gender_M.Enum(),
		BirthDate: "1990-12-31", BirthPlace: "гор. Москва", Citizenship: "RUS", Snils: p.snils[account],
	}
}

// passport has the last six digits of the SNILS for its number.
func passport(snils string) *profilev1.Document {
	return &profilev1.Document{
		Type: profilev1.DocumentType_RF_PASSPORT, Series: "4511", Number: snils[5:], IssueDate: "2011-01-11",
		IssuedBy: "ОВД", IssueCode: "770-001",
	}
}

// reply is what a registry does with a question.
type reply func(ctx context.Context) ([]registryv1.Mismatch, error)

func matches(context.Context) ([]registryv1.Mismatch, error) { return nil, nil }

func differs(groups ...registryv1.Mismatch) reply {
	return func(context.Context) ([]registryv1.Mismatch, error) { return groups, nil }
}

func down(context.Context) ([]registryv1.Mismatch, error) {
	return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down")
}

func never(ctx context.Context) ([]registryv1.Mismatch, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// flapping fails n times and then matches.
func flapping(n int) reply {
	var mu sync.Mutex
	return func(ctx context.Context) ([]registryv1.Mismatch, error) {
		mu.Lock()
		defer mu.Unlock()
		if n--; n >= 0 {
			return down(ctx)
		}
		return nil, nil
	}
}

// registers plays the registries.
type registers struct {
	registryv1.UnimplementedRegistryServiceServer
	mu       sync.Mutex
	pfr, fms reply
	// vouch are the fields that each registry vouches for.
	vouchP, vouchF []string
	askedP, askedF []string
}

func (r *registers) set(pfr, fms reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pfr, r.fms = pfr, fms
}

// asked is how often each registry was.
func (r *registers) asked() (pfr, fms int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.askedP), len(r.askedF)
}

func (r *registers) CheckPension(ctx context.Context, q *registryv1.CheckPensionRequest) (*registryv1.CheckResponse, error) {
	r.mu.Lock()
	r.askedP = append(r.askedP, q.String())
	do, vouched := r.pfr, r.vouchP
	r.mu.Unlock()
	found, err := do(ctx)
	return &registryv1.CheckResponse{Mismatches: found, Vouched: &fieldmaskpb.FieldMask{Paths: vouched}}, err
}

func (r *registers) CheckPassport(ctx context.Context, q *registryv1.CheckPassportRequest) (*registryv1.CheckResponse, error) {
	r.mu.Lock()
	r.askedF = append(r.askedF, q.String())
	do, vouched := r.fms, r.vouchF
	r.mu.Unlock()
	found, err := do(ctx)
	return &registryv1.CheckResponse{Mismatches: found, Vouched: &fieldmaskpb.FieldMask{Paths: vouched}}, err
}

// accounts plays account: who is claimed, by SNILS.
type accounts struct {
	accountv1.UnimplementedAccountServiceServer
	mu      sync.Mutex
	claims  map[string]string
	applied []*accountv1.ApplyEvidenceRequest
	refuse  error
}

func (a *accounts) ApplyEvidence(_ context.Context, r *accountv1.ApplyEvidenceRequest) (*accountv1.Account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applied = append(a.applied, r)
	if a.refuse != nil {
		return nil, a.refuse
	}
	if owner, ok := a.claims[r.GetSnils()]; ok && owner != r.GetAccountId() {
		return nil, errs.New(errorsv1.Reason_DUPLICATE_PERSON, "claimed")
	}
	a.claims[r.GetSnils()] = r.GetAccountId()
	return &accountv1.Account{AccountId: r.GetAccountId(), Level: r.GetLevel()}, nil
}

func (a *accounts) set(refuse error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refuse = refuse
}

func (a *accounts) calls() []*accountv1.ApplyEvidenceRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]*accountv1.ApplyEvidenceRequest(nil), a.applied...)
}

package profile_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// accounts plays account: which accounts exist.
type accounts struct {
	accountv1.UnimplementedAccountServiceServer
	exist sync.Map
	down  atomic.Bool
}

func (a *accounts) GetAccount(_ context.Context, r *accountv1.GetAccountRequest) (*accountv1.Account, error) {
	if a.down.Load() {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down")
	}
	if _, ok := a.exist.Load(r.GetAccountId()); !ok {
		return nil, errs.New(errorsv1.Reason_ACCOUNT_NOT_FOUND, "no such account")
	}
	return &accountv1.Account{AccountId: r.GetAccountId()}, nil
}

type world struct {
	*testkit.Env
	t        *testing.T
	accounts *accounts
	id       string
	// ctx is the person's; the clients are the gateway's and verification's.
	ctx     context.Context
	profile profilev1.ProfileServiceClient
	inside  profilev1.ProfileServiceClient
}

func start(t *testing.T) *world {
	t.Helper()
	return startWith(t, nil)
}

func startWith(t *testing.T, vars map[string]string) *world {
	t.Helper()
	w := &world{t: t, accounts: &accounts{}}
	w.Env = testkit.Start(t, testkit.Options{Vars: vars, Services: []boot.Service{
		profile.Service(), testkit.Fake("account", &accountv1.AccountService_ServiceDesc, w.accounts),
	}})
	w.profile = profilev1.NewProfileServiceClient(w.Dial("gateway", "profile"))
	w.inside = profilev1.NewProfileServiceClient(w.Dial("verification", "profile"))
	w.id, w.ctx = w.newcomer()
	return w
}

// newcomer has signed up: there is a card with a name.
func (w *world) newcomer() (string, context.Context) {
	w.t.Helper()
	id := uuid.NewString()
	registration := profilev1.NewProfileServiceClient(w.Dial("registration", "profile"))
	_, err := registration.PutCard(context.Background(), &profilev1.PutCardRequest{
		AccountId: id, Person: &profilev1.Person{LastName: "Иванов", FirstName: "Иван", MiddleName: "Иванович"},
		UnprovenEmail: "ivan@example.ru",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id, w.As(id, accountv1.Level_SIMPLIFIED)
}

func (w *world) update(p *profilev1.Person, mask ...string) (*profilev1.Person, error) {
	r := &profilev1.UpdatePersonRequest{AccountId: w.id, Person: p}
	if len(mask) > 0 {
		r.UpdateMask = &fieldmaskpb.FieldMask{Paths: mask}
	}
	return w.profile.UpdatePerson(w.ctx, r)
}

func (w *world) mustUpdate(p *profilev1.Person, mask ...string) *profilev1.Person {
	w.t.Helper()
	out, err := w.update(p, mask...)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) person() *profilev1.Person {
	w.t.Helper()
	p, err := w.profile.GetPerson(w.ctx, &profilev1.GetPersonRequest{AccountId: w.id})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) createDocument(d *profilev1.Document) (*profilev1.Document, error) {
	return w.profile.CreateDocument(w.ctx, &profilev1.CreateDocumentRequest{AccountId: w.id, Document: d})
}

func (w *world) createAddress(a *profilev1.Address) (*profilev1.Address, error) {
	return w.profile.CreateAddress(w.ctx, &profilev1.CreateAddressRequest{AccountId: w.id, Address: a})
}

func (w *world) freeze() (*profilev1.Snapshot, error) {
	return w.inside.FreezeSnapshot(w.ctx, &profilev1.FreezeSnapshotRequest{AccountId: w.id})
}

// frozen fills the whole form and submits it.
func (w *world) frozen() *profilev1.Snapshot {
	w.t.Helper()
	w.mustUpdate(fullPerson())
	if _, err := w.createDocument(passport()); err != nil {
		w.t.Fatal(err)
	}
	s, err := w.freeze()
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) awaitState(want profilev1.DataState) {
	w.t.Helper()
	testkit.Eventually(w.t, want.String(), func() bool { return w.person().GetState() == want })
}

func fullPerson() *profilev1.Person {
	return &profilev1.Person{
		Gender: profilev1.Gender_M.Enum(), BirthDate: "1990-12-31", BirthPlace: "гор. Москва",
		Citizenship: "RUS", Snils: "000-000-600 01",
	}
}

func passport() *profilev1.Document {
	return &profilev1.Document{
		Type: profilev1.DocumentType_RF_PASSPORT, Series: "45 11", Number: "123456", IssueDate: "2011-01-11",
		IssuedBy: "ОВД «Арбат» гор. Москвы", IssueCode: "770001",
	}
}

func address() *profilev1.Address {
	return &profilev1.Address{
		Type: profilev1.AddressType_RESIDENCE, PostalCode: "119019", Region: "Москва", City: "Москва",
		Street: "ул. Арбат", House: "1", Flat: "2",
	}
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

// wantFields checks that exactly these fields are wrong, written "name REASON".
func wantFields(t *testing.T, err error, reason errorsv1.Reason, want ...string) {
	t.Helper()
	e := wantReason(t, err, reason)
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Name+" "+f.Reason.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("wrong fields:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func wantEqual(t *testing.T, got, want proto.Message) {
	t.Helper()
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

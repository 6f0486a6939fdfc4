package confirmation_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	sandboxeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/confirmation"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	street = "Чистопрудный бульвар"
	phone  = "+79001234567"
)

// accounts plays account: every account is standard until evidence comes.
type accounts struct {
	accountv1.UnimplementedAccountServiceServer
	now      func() time.Time
	mu       sync.Mutex
	snapshot string
	evidence map[string]*accountv1.Account
	applied  atomic.Int32
	down     atomic.Bool
}

func (a *accounts) GetAccount(_ context.Context, r *accountv1.GetAccountRequest) (*accountv1.Account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, confirmed := range a.evidence {
		if confirmed.GetAccountId() == r.GetAccountId() {
			return confirmed, nil
		}
	}
	return &accountv1.Account{AccountId: r.GetAccountId(), Level: accountv1.Level_STANDARD, SnapshotId: a.snapshot}, nil
}

func (a *accounts) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	return &accountv1.Contacts{Phone: phone, Email: "ivan@example.ru", Language: "ru"}, nil
}

func (a *accounts) ApplyEvidence(_ context.Context, r *accountv1.ApplyEvidenceRequest) (*accountv1.Account, error) {
	if a.down.Load() {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.evidence[r.GetEvidenceId()]; ok {
		return known, nil
	}
	if r.GetSnapshotId() != a.snapshot {
		return nil, errs.New(errorsv1.Reason_EVIDENCE_VOID, "other data")
	}
	a.applied.Add(1)
	a.evidence[r.GetEvidenceId()] = &accountv1.Account{
		AccountId: r.GetAccountId(), Level: r.GetLevel(), SnapshotId: a.snapshot,
		Confirmation: &accountv1.Confirmation{Method: r.GetMethod(), Time: timestamppb.New(a.now())},
	}
	return a.evidence[r.GetEvidenceId()], nil
}

// profiles plays profile: everybody is Ivan and has three addresses, and may live somewhere.
type profiles struct {
	profilev1.UnimplementedProfileServiceServer
	mu    sync.Mutex
	lives *profilev1.Address
	// refuse is what profile says of any address.
	refuse error
}

func (p *profiles) GetCard(context.Context, *profilev1.GetCardRequest) (*profilev1.Card, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	card := &profilev1.Card{
		Person: &profilev1.Person{LastName: "Иванов", FirstName: "Иван", MiddleName: "Иванович"},
		Addresses: []*profilev1.Address{
			{Id: "home", PostalCode: "101000", Region: "Москва", City: "Москва", Street: street, House: "1", Flat: "5"},
			{Id: "village", PostalCode: "303370", Region: "Орловская область", City: "с. Верховье", House: "12"},
			{Id: "half", PostalCode: "1010", City: "Москва"},
		},
	}
	if p.lives != nil {
		card.Addresses = append(card.Addresses, p.lives)
	}
	return card, nil
}

func (p *profiles) CreateAddress(_ context.Context, r *profilev1.CreateAddressRequest) (*profilev1.Address, error) {
	return p.write(r.GetAddress())
}

func (p *profiles) UpdateAddress(_ context.Context, r *profilev1.UpdateAddressRequest) (*profilev1.Address, error) {
	return p.write(r.GetAddress())
}

func (p *profiles) write(a *profilev1.Address) (*profilev1.Address, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		return nil, p.refuse
	}
	p.lives = proto.CloneOf(a)
	p.lives.Id = "lives"
	return p.lives, nil
}

func (p *profiles) house() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lives.GetHouse()
}

// postOffice plays the sandbox's post.
type postOffice struct {
	sandboxv1.UnimplementedSandboxServiceServer
	mu      sync.Mutex
	letters []*sandboxv1.HandOverLetterRequest
	down    atomic.Bool
}

func (p *postOffice) HandOverLetter(_ context.Context, r *sandboxv1.HandOverLetterRequest) (*sandboxv1.ReceiveResponse, error) {
	if p.down.Load() {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "closed")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = append(p.letters, r)
	return &sandboxv1.ReceiveResponse{}, nil
}

func (p *postOffice) find(id string) *sandboxv1.HandOverLetterRequest {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		if l.GetLetterOrderId() == id {
			return l
		}
	}
	return nil
}

type world struct {
	*testkit.Env
	t        *testing.T
	accounts *accounts
	profiles *profiles
	post     *postOffice
	client   confirmationv1.ConfirmationServiceClient
	// me is the account of the person who is signed in by ctx.
	me  string
	ctx context.Context
}

// start is the service with settings of its own, as name and value.
func start(t *testing.T, settings ...string) *world {
	t.Helper()
	vars := map[string]string{"PROPUSK_CONFIRMATION_JOB_RETRY": "10ms", "PROPUSK_CONFIRMATION_APPLY_AFTER": "0s"}
	for i := 0; i < len(settings); i += 2 {
		vars["PROPUSK_CONFIRMATION_"+settings[i]] = settings[i+1]
	}
	w := &world{
		t: t, post: &postOffice{}, profiles: &profiles{}, me: secret.NewID().String(),
		accounts: &accounts{snapshot: secret.NewID().String(), evidence: map[string]*accountv1.Account{}},
	}
	w.accounts.now = func() time.Time { return w.Clock.Now() }
	w.Env = testkit.Start(t, testkit.Options{
		Services: []boot.Service{
			confirmation.Service(),
			testkit.Fake("account", &accountv1.AccountService_ServiceDesc, w.accounts),
			testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, w.profiles),
			testkit.Fake("sandbox", &sandboxv1.SandboxService_ServiceDesc, w.post),
		},
		Vars: vars,
	})
	w.signIn()
	return w
}

// signIn is a fresh sign-in of the same person.
func (w *world) signIn() {
	w.client = confirmationv1.NewConfirmationServiceClient(w.Dial("gateway", "confirmation"))
	w.ctx = w.As(w.me, accountv1.Level_STANDARD)
}

func (w *world) later(d time.Duration) {
	w.Clock.Advance(d)
	w.signIn()
}

func (w *world) order(ctx context.Context, address string) (*confirmationv1.LetterOrder, error) {
	return w.client.CreateLetterOrder(ctx, &confirmationv1.CreateLetterOrderRequest{AccountId: w.me, AddressId: address})
}

// mustOrder orders a letter, waits until the post has it and reads its code.
func (w *world) mustOrder() (order *confirmationv1.LetterOrder, code string) {
	w.t.Helper()
	order, err := w.order(w.ctx, "home")
	if err != nil {
		w.t.Fatal(err)
	}
	w.awaitState(order.GetId(), confirmationv1.LetterState_HANDED_OVER)
	return order, regexp.MustCompile(`L-\w{5}-\w{5}`).FindString(w.post.find(order.GetId()).GetText())
}

func (w *world) get(id string) *confirmationv1.LetterOrder {
	w.t.Helper()
	l, err := w.client.GetLetterOrder(w.ctx, &confirmationv1.GetLetterOrderRequest{AccountId: w.me, LetterOrderId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) awaitState(id string, state confirmationv1.LetterState) {
	w.t.Helper()
	testkit.Eventually(w.t, "the letter is "+state.String(), func() bool { return w.get(id).GetState() == state })
}

func (w *world) redeem(code string) (*confirmationv1.RedeemCodeResponse, error) {
	return w.client.RedeemCode(w.ctx, &confirmationv1.RedeemCodeRequest{AccountId: w.me, Code: code})
}

// refused types a code and wants it refused for this reason.
func (w *world) refused(code string, want errorsv1.Reason) *errs.Error {
	w.t.Helper()
	_, err := w.redeem(code)
	return wantReason(w.t, err, want)
}

// wrong is a code of the right form that is not this one.
func wrong(code string) string {
	last := "2"
	if strings.HasSuffix(code, last) {
		last = "3"
	}
	return code[:len(code)-1] + last
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

func TestLetterToTheDoorAndItsCodeConfirms(t *testing.T) {
	w := start(t, "TRACKING_VISIBLE_AFTER", "0s")
	moved := testkit.Watch[eventsv1.LetterMoved](w.Env)
	succeeded := testkit.Watch[eventsv1.ConfirmationSucceeded](w.Env)
	order, code := w.mustOrder()
	if _, err := identifiers.ParseTrackingNumber(order.GetTrackingNumber()); err != nil {
		t.Errorf("tracking number %q: %v", order.GetTrackingNumber(), err)
	}
	if want := "http://localhost:8080/post/" + order.GetTrackingNumber(); order.GetTrackingUrl() != want {
		t.Errorf("tracked at %s, want %s", order.GetTrackingUrl(), want)
	}
	if want := "101000, Москва, " + street + ", д. 1, кв. 5"; order.GetAddress() != want {
		t.Errorf("to %q, want %q", order.GetAddress(), want)
	}
	if got := order.GetCodeExpireTime().AsTime().Sub(order.GetCreateTime().AsTime()); got != 30*24*time.Hour {
		t.Errorf("valid for %s, want 30 days", got)
	}
	parcel := w.post.find(order.GetId())
	if parcel.GetAddressee() != "Иванов Иван Иванович" || len(parcel.GetContacts()) != 2 || !bytes.HasPrefix(parcel.GetPdf(), []byte("%PDF")) {
		t.Errorf("the post got %q, %d contacts, PDF %.4q", parcel.GetAddressee(), len(parcel.GetContacts()), parcel.GetPdf())
	}
	for _, state := range []confirmationv1.LetterState{
		confirmationv1.LetterState_IN_TRANSIT, confirmationv1.LetterState_AT_OFFICE, confirmationv1.LetterState_DELIVERED,
	} {
		w.move(order.GetId(), state)
		w.awaitState(order.GetId(), state)
	}
	out, err := w.redeem(strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	if err != nil {
		t.Fatal(err)
	}
	if out.GetLevel() != accountv1.Level_CONFIRMED || out.GetConfirmation().GetMethod() != accountv1.Method_LETTER {
		t.Errorf("got %v", out)
	}
	if e := succeeded.Wait(1)[0]; e.GetAccountId() != w.me || e.GetMethod() != "LETTER" {
		t.Errorf("event %v", e)
	}
	if got := len(moved.Wait(5)); got != 5 {
		t.Errorf("%d moves, want printed, handed over, in transit, at office, delivered", got)
	}
	w.awaitState(order.GetId(), confirmationv1.LetterState_REDEEMED)
	_, err = w.order(w.ctx, "home")
	wantReason(t, err, errorsv1.Reason_ALREADY_CONFIRMED)
}

func (w *world) move(id string, state confirmationv1.LetterState) {
	w.t.Helper()
	w.Publish("sandbox", "confirmation", id, &sandboxeventsv1.LetterMoved{LetterOrderId: id, State: state.String()})
}

// Whoever orders learns the number once the post knows it, and until the letter is there, when it is expected.
func TestTheNumberIsShownFromTheNextDayAndTheDaysUntilItIsThere(t *testing.T) {
	w := start(t, "TRACKING_VISIBLE_AFTER", "24h", "EXPECTED_FROM", "72h", "EXPECTED_UNTIL", "336h")
	order, _ := w.mustOrder()
	if order.GetTrackingNumber() != "" || order.GetTrackingUrl() != "" {
		t.Errorf("on the first day %q %q", order.GetTrackingNumber(), order.GetTrackingUrl())
	}
	from, err := time.Parse(time.DateOnly, order.GetExpectedFrom())
	if err != nil || from.Sub(order.GetCreateTime().AsTime()) < 48*time.Hour {
		t.Errorf("ordered at %s, expected from %q", order.GetCreateTime().AsTime(), order.GetExpectedFrom())
	}
	if order.GetExpectedUntil() <= order.GetExpectedFrom() {
		t.Errorf("expected from %s until %s", order.GetExpectedFrom(), order.GetExpectedUntil())
	}
	w.later(24 * time.Hour)
	if l := w.get(order.GetId()); l.GetTrackingNumber() == "" || l.GetTrackingUrl() == "" || l.GetExpectedFrom() == "" {
		t.Errorf("on the next day %v", l)
	}
	w.move(order.GetId(), confirmationv1.LetterState_AT_OFFICE)
	w.awaitState(order.GetId(), confirmationv1.LetterState_AT_OFFICE)
	if l := w.get(order.GetId()); l.GetExpectedFrom() != "" || l.GetExpectedUntil() != "" {
		t.Errorf("it is there and expected from %q until %q", l.GetExpectedFrom(), l.GetExpectedUntil())
	}
}

func TestLettersNeverGoBack(t *testing.T) {
	w := start(t)
	moved := testkit.Watch[eventsv1.LetterMoved](w.Env)
	order, _ := w.mustOrder()
	w.move(order.GetId(), confirmationv1.LetterState_DELIVERED)
	w.awaitState(order.GetId(), confirmationv1.LetterState_DELIVERED)
	w.move(order.GetId(), confirmationv1.LetterState_IN_TRANSIT)
	w.move("not a letter", confirmationv1.LetterState_IN_TRANSIT)
	w.move(secret.NewID().String(), confirmationv1.LetterState_IN_TRANSIT)
	w.move(order.GetId(), confirmationv1.LetterState_RETURNED)
	if got := states(moved.Wait(4)); got != "PRINTED HANDED_OVER DELIVERED RETURNED" {
		t.Errorf("moved %s", got)
	}
}

func states(moves []*eventsv1.LetterMoved) string {
	var out []string
	for _, m := range moves {
		out = append(out, m.GetState())
	}
	return strings.Join(out, " ")
}

func TestReturnedLettersCodeIsWorthless(t *testing.T) {
	w := start(t)
	order, code := w.mustOrder()
	w.move(order.GetId(), confirmationv1.LetterState_RETURNED)
	w.awaitState(order.GetId(), confirmationv1.LetterState_RETURNED)
	w.refused(code, errorsv1.Reason_CONFIRMATION_CODE_WRONG)
}

func TestSecondLetterWaitsADayAndVoidsTheFirst(t *testing.T) {
	w := start(t)
	voided := testkit.Watch[eventsv1.LetterVoided](w.Env)
	first, firstCode := w.mustOrder()
	w.later(23 * time.Hour)
	_, err := w.order(w.ctx, "home")
	e := wantReason(t, err, errorsv1.Reason_LETTER_ALREADY_ORDERED)
	if e.RetryAfter != time.Hour {
		t.Errorf("wait %s, want an hour", e.RetryAfter)
	}
	w.later(time.Hour)
	_, code := w.mustOrder()
	if got := voided.Wait(1)[0].GetLetterOrderId(); got != first.GetId() {
		t.Errorf("voided %s, want the first", got)
	}
	w.refused(firstCode, errorsv1.Reason_CONFIRMATION_CODE_WRONG)
	if _, err := w.redeem(code); err != nil {
		t.Error(err)
	}
	list, err := w.client.ListLetterOrders(w.ctx, &confirmationv1.ListLetterOrdersRequest{AccountId: w.me})
	if err != nil {
		t.Fatal(err)
	}
	if got := list.GetLetterOrders(); len(got) != 2 || got[1].GetId() != first.GetId() ||
		got[1].GetState() != confirmationv1.LetterState_VOIDED {
		t.Errorf("letters %v, want the new one and the voided one", got)
	}
	page := &confirmationv1.ListLetterOrdersRequest{AccountId: w.me, PageSize: 1}
	newest, err := w.client.ListLetterOrders(w.ctx, page)
	if err != nil || len(newest.GetLetterOrders()) != 1 || newest.GetLetterOrders()[0].GetId() == first.GetId() {
		t.Fatalf("the first page is %v: %v", newest, err)
	}
	page.PageToken = newest.GetNextPageToken()
	last, err := w.client.ListLetterOrders(w.ctx, page)
	if err != nil || len(last.GetLetterOrders()) != 1 || last.GetLetterOrders()[0].GetId() != first.GetId() || last.GetNextPageToken() != "" {
		t.Errorf("the second page is %v: %v", last, err)
	}
}

func TestFourLettersIn30Days(t *testing.T) {
	w := start(t)
	for range 4 {
		w.mustOrder()
		w.later(24 * time.Hour)
	}
	_, err := w.order(w.ctx, "home")
	e := wantReason(t, err, errorsv1.Reason_LETTER_LIMIT)
	if e.RetryAfter != 26*24*time.Hour {
		t.Errorf("wait %s, want until the first is 30 days old", e.RetryAfter)
	}
	w.later(26 * 24 * time.Hour)
	w.mustOrder()
}

func TestParallelOrdersAreOne(t *testing.T) {
	w := start(t)
	var won atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := w.order(w.ctx, "home"); err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d orders, want one", won.Load())
	}
}

func (w *world) orderTo(house string) (*confirmationv1.LetterOrder, error) {
	return w.client.CreateLetterOrder(w.ctx, &confirmationv1.CreateLetterOrderRequest{AccountId: w.me, Address: &profilev1.Address{
		Type: profilev1.AddressType_RESIDENCE, PostalCode: "101000", Region: "Москва", City: "Москва", Street: street, House: house,
	}})
}

// The address of a refused order is not the person's.
func TestRefusedOrderChangesNothing(t *testing.T) {
	w := start(t)
	wrong := errs.Fields{{Name: "address.house", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 50}}
	w.profiles.refuse = wrong.Err()
	_, err := w.orderTo("?")
	if e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED); !slices.Equal(e.Fields, wrong) {
		t.Errorf("fields %v", e.Fields)
	}
	w.profiles.refuse = nil
	first, err := w.orderTo("1")
	if err != nil || !strings.Contains(first.GetAddress(), "д. 1") || w.profiles.house() != "1" {
		t.Fatalf("%v, %v; the person lives in house %q", first, err, w.profiles.house())
	}
	_, err = w.orderTo("2")
	wantReason(t, err, errorsv1.Reason_LETTER_ALREADY_ORDERED)
	if got := w.profiles.house(); got != "1" {
		t.Errorf("a refused order moved the person to house %s", got)
	}
	w.later(24 * time.Hour)
	if _, err := w.orderTo("2"); err != nil || w.profiles.house() != "2" {
		t.Errorf("a day later: %v, house %s", err, w.profiles.house())
	}
}

// Of orders to different addresses at once one is taken, and only its address is the person's.
func TestParallelOrdersToTypedAddresses(t *testing.T) {
	w := start(t)
	var all sync.WaitGroup
	var taken sync.Map
	for n := range 8 {
		all.Go(func() {
			house := strconv.Itoa(n + 1)
			switch _, err := w.orderTo(house); {
			case err == nil:
				taken.Store(house, true)
			case !errs.Is(err, errorsv1.Reason_LETTER_ALREADY_ORDERED):
				t.Errorf("refused with %v", err)
			}
		})
	}
	all.Wait()
	var houses []any
	taken.Range(func(house, _ any) bool {
		houses = append(houses, house)
		return true
	})
	if len(houses) != 1 || houses[0] != w.profiles.house() {
		t.Errorf("taken are orders to %v, the person lives in house %s", houses, w.profiles.house())
	}
}

func TestAddressMustBeThereAndWhole(t *testing.T) {
	w := start(t)
	_, err := w.order(w.ctx, "elsewhere")
	wantReason(t, err, errorsv1.Reason_ADDRESS_NOT_FOUND)
	_, err = w.order(w.ctx, "")
	if e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED); len(e.Fields) != 1 || e.Fields[0].Name != "address_id" {
		t.Errorf("fields %v, want address_id", e.Fields)
	}
	both := &confirmationv1.CreateLetterOrderRequest{AccountId: w.me, AddressId: "home", Address: &profilev1.Address{House: "1"}}
	_, err = w.client.CreateLetterOrder(w.ctx, both)
	if e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED); len(e.Fields) != 1 || e.Fields[0].Reason != errorsv1.Reason_FIELD_REDUNDANT {
		t.Errorf("fields %v, want that one of the two is too much", e.Fields)
	}
	_, err = w.order(w.ctx, "half")
	if e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED); len(e.Fields) != 2 {
		t.Errorf("fields %v, want postal code and house", e.Fields)
	}
	l, err := w.order(w.ctx, "village")
	if err != nil {
		t.Fatal(err)
	}
	if want := "303370, Орловская область, с. Верховье, д. 12"; l.GetAddress() != want {
		t.Errorf("to %q, want %q", l.GetAddress(), want)
	}
}

func TestHandOverIsTriedUntilThePostOpens(t *testing.T) {
	w := start(t)
	w.post.down.Store(true)
	order, err := w.order(w.ctx, "home")
	if err != nil {
		t.Fatal(err)
	}
	w.awaitState(order.GetId(), confirmationv1.LetterState_PRINTED)
	w.post.down.Store(false)
	testkit.Eventually(t, "the letter is handed over", func() bool {
		w.Clock.Advance(time.Second)
		w.signIn()
		return w.get(order.GetId()).GetState() == confirmationv1.LetterState_HANDED_OVER
	})
	var kept int
	query := `SELECT count(*) FROM confirmation.letter_orders WHERE pdf IS NOT NULL OR body IS NOT NULL`
	if err := w.Pool().QueryRow(w.ctx, query).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if kept != 0 {
		t.Error("the letter's text is kept after hand-over")
	}
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	w := start(t)
	for _, other := range []string{"B1234 5678", "e-12345", "В1234"} {
		w.refused(other, errorsv1.Reason_CONFIRMATION_CODE_WRONG_KIND)
	}
	for _, bad := range []string{"", "  ", "L-12345", "L-12345-1234U", "7-12345-12345", "Ж"} {
		w.refused(bad, errorsv1.Reason_VALIDATION_FAILED)
	}
	_, code := w.mustOrder()
	// Cyrillic lookalikes, O for 0 and 1 for L.
	typed := strings.NewReplacer("L", "1", "A", "а", "B", "в", "C", "с", "0", "о", "X", "Х").Replace(code)
	if _, err := w.redeem(" \u2066" + typed[:1] + "\u200b\u2009" + typed[1:] + "\u2069 "); err != nil {
		t.Error(err)
	}
}

func TestFiveTriesIn10MinutesAlsoInParallelAndAfterRestart(t *testing.T) {
	w := start(t)
	rejected := testkit.Watch[eventsv1.CodeRejected](w.Env)
	_, code := w.mustOrder()
	var counted atomic.Int32
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if _, err := w.redeem(wrong(code)); errs.Is(err, errorsv1.Reason_CONFIRMATION_CODE_WRONG) {
				counted.Add(1)
			}
		})
	}
	all.Wait()
	if counted.Load() != 4 || len(rejected.Wait(5)) != 5 {
		t.Errorf("%d wrong codes were counted, want four and the last", counted.Load())
	}
	w.Restart()
	w.signIn()
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	e := w.refused(code, errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED)
	if e.RetryAfter != 10*time.Minute {
		t.Errorf("wait %s, want ten minutes", e.RetryAfter)
	}
	w.later(10 * time.Minute)
	if _, err := w.redeem(code); err != nil {
		t.Errorf("the right code after the wait: %v", err)
	}
}

func TestFifteenTriesPerLetter(t *testing.T) {
	w := start(t)
	_, code := w.mustOrder()
	for i := range 15 {
		if i%4 == 0 {
			w.later(10 * time.Minute)
		}
		_, err := w.redeem(wrong(code))
		if last := i == 14; last != errs.Is(err, errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED) {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	w.later(24 * time.Hour)
	w.refused(code, errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED)
	_, next := w.mustOrder()
	if _, err := w.redeem(next); err != nil {
		t.Errorf("the next letter's code: %v", err)
	}
}

func TestOnlyTheOwnersCode(t *testing.T) {
	w := start(t)
	_, code := w.mustOrder()
	w.me = secret.NewID().String()
	w.signIn()
	e := w.refused(code, errorsv1.Reason_CONFIRMATION_CODE_WRONG)
	if attemptsLeft(e) != 4 {
		t.Errorf("%d attempts left, want 4", attemptsLeft(e))
	}
}

func TestCodeExpiresAfter30Days(t *testing.T) {
	w := start(t)
	moved := testkit.Watch[eventsv1.LetterMoved](w.Env)
	order, code := w.mustOrder()
	w.later(30 * 24 * time.Hour)
	if got := w.get(order.GetId()).GetState(); got != confirmationv1.LetterState_LETTER_EXPIRED {
		t.Errorf("state %s, want LETTER_EXPIRED", got)
	}
	w.refused(code, errorsv1.Reason_CONFIRMATION_CODE_EXPIRED)
	w.refused(wrong(code), errorsv1.Reason_CONFIRMATION_CODE_WRONG)
	w.Restart() // the job runs at the start
	if got := states(moved.Wait(3)); got != "PRINTED HANDED_OVER LETTER_EXPIRED" {
		t.Errorf("moved %s, want to LETTER_EXPIRED in the end", got)
	}
	w.signIn()
	w.refused(code, errorsv1.Reason_CONFIRMATION_CODE_EXPIRED)
}

func TestWaitingLetterIsRemindedOfOnce(t *testing.T) {
	w := start(t)
	due := testkit.Watch[eventsv1.LetterReminderDue](w.Env)
	_, code := w.mustOrder()
	if _, err := w.redeem(code); err != nil {
		t.Fatal(err)
	}
	w.me = secret.NewID().String()
	w.signIn()
	w.mustOrder() // voided by the next
	w.later(24 * time.Hour)
	order, _ := w.mustOrder()
	w.me = secret.NewID().String()
	w.signIn()
	returned, _ := w.mustOrder()
	w.move(returned.GetId(), confirmationv1.LetterState_RETURNED)
	w.awaitState(returned.GetId(), confirmationv1.LetterState_RETURNED)
	w.later(14*24*time.Hour - time.Second)
	if n := len(due.All()); n != 0 {
		t.Errorf("%d reminders before day 14", n)
	}
	w.later(time.Second)
	e := due.Wait(1)[0]
	if e.GetLetterOrderId() != order.GetId() || e.GetAccountId() == "" ||
		!e.GetCodeExpireTime().AsTime().Equal(order.GetCodeExpireTime().AsTime()) {
		t.Errorf("event %v, want one about %v", e, order)
	}
	w.awaitReminders()
	again := `UPDATE confirmation.river_job SET state = 'available', finalized_at = NULL, attempt = 0 WHERE kind = 'remind'`
	if _, err := w.Pool().Exec(w.ctx, again); err != nil {
		t.Fatal(err)
	}
	w.awaitReminders()
	var n int
	query := `SELECT count(*) FROM confirmation.outbox WHERE subject = 'propusk.confirmation.v1.letter_reminder_due'`
	if err := w.Pool().QueryRow(w.ctx, query).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d reminders, want one: %v", n, err)
	}
}

// awaitReminders waits until all jobs that remind are done.
func (w *world) awaitReminders() {
	w.t.Helper()
	testkit.Eventually(w.t, "the reminders are done", func() bool {
		var left int
		query := `SELECT count(*) FROM confirmation.river_job WHERE kind = 'remind' AND state <> 'completed'`
		if err := w.Pool().QueryRow(w.ctx, query).Scan(&left); err != nil {
			w.t.Fatal(err)
		}
		return left == 0
	})
}

func TestRedeemingTwiceIsOnce(t *testing.T) {
	w := start(t)
	succeeded := testkit.Watch[eventsv1.ConfirmationSucceeded](w.Env)
	_, code := w.mustOrder()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			ctx := w.ctx
			if i%2 == 0 {
				ctx = testkit.WithKey(ctx, "the same key")
			}
			out, err := w.client.RedeemCode(ctx, &confirmationv1.RedeemCodeRequest{AccountId: w.me, Code: code})
			if err != nil || out.GetLevel() != accountv1.Level_CONFIRMED {
				t.Errorf("try %d: %v, %v", i, out, err)
			}
		})
	}
	all.Wait()
	_, err := w.client.RedeemCode(testkit.WithKey(w.ctx, "the same key"),
		&confirmationv1.RedeemCodeRequest{AccountId: w.me, Code: wrong(code)})
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
	w.later(24 * time.Hour)
	out, err := w.redeem(code)
	if err != nil || out.GetLevel() != accountv1.Level_CONFIRMED {
		t.Errorf("a day later: %v, %v", out, err)
	}
	if got := w.accounts.applied.Load(); got != 1 || len(succeeded.Wait(1)) != 1 {
		t.Errorf("%d pieces of evidence and %d events, want one", got, len(succeeded.All()))
	}
}

func TestRedeemedWhileAccountIsDownIsConfirmedLater(t *testing.T) {
	w := start(t)
	succeeded := testkit.Watch[eventsv1.ConfirmationSucceeded](w.Env)
	_, code := w.mustOrder()
	w.accounts.down.Store(true)
	w.ctx = testkit.WithKey(w.ctx, "redeem-key-1")
	w.refused(code, errorsv1.Reason_UNAVAILABLE)
	w.refused(code, errorsv1.Reason_UNAVAILABLE)
	w.accounts.down.Store(false)
	testkit.Eventually(t, "the job confirms", func() bool {
		w.Clock.Advance(time.Second)
		return len(succeeded.All()) == 1
	})
	w.signIn()
	w.ctx = testkit.WithKey(w.ctx, "redeem-key-1")
	first, err := w.redeem(code)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.redeem(code)
	if err != nil || !proto.Equal(first, again) || w.accounts.applied.Load() != 1 {
		t.Errorf("%v (%v), want the first answer %v and one piece of evidence", again, err, first)
	}
}

func TestEvidenceForOtherDataIsVoid(t *testing.T) {
	w := start(t)
	order, code := w.mustOrder()
	w.accounts.mu.Lock()
	w.accounts.snapshot = secret.NewID().String()
	w.accounts.mu.Unlock()
	w.refused(code, errorsv1.Reason_EVIDENCE_VOID)
	w.awaitState(order.GetId(), confirmationv1.LetterState_VOIDED)
	w.refused(code, errorsv1.Reason_EVIDENCE_VOID)
}

func TestRepeatedOrderIsOne(t *testing.T) {
	w := start(t)
	ordered := testkit.Watch[eventsv1.LetterOrdered](w.Env)
	ctx := testkit.WithKey(w.ctx, "order-key-1")
	answers := make([]*confirmationv1.LetterOrder, 20)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			l, err := w.order(ctx, "home")
			if err != nil {
				t.Error(err)
			}
			answers[i] = l
		})
	}
	all.Wait()
	for _, l := range answers {
		if !proto.Equal(l, answers[0]) {
			t.Errorf("the same request was answered %v and %v", l, answers[0])
		}
	}
	if n := len(ordered.Wait(1)); n != 1 {
		t.Errorf("%d letters, want one", n)
	}
	_, err := w.order(ctx, "village")
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
}

// A form that is sent twice orders to the address that is typed in it: both get the one order.
func TestRepeatedOrderToATypedAddressIsOne(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "order-key-1")
	ids := make([]string, 10)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			l, err := w.orderTo("1")
			if err != nil {
				t.Error(err)
			}
			ids[i] = l.GetId()
		})
	}
	all.Wait()
	if slices.Sort(ids); ids[0] == "" || len(slices.Compact(ids)) != 1 {
		t.Errorf("the same request was answered with the orders %v", ids)
	}
}

func TestRepeatedOrderGetsTheFirstAnswer(t *testing.T) {
	w := start(t)
	ctx := testkit.WithKey(w.ctx, "order-key-1")
	first, err := w.order(ctx, "home")
	if err != nil {
		t.Fatal(err)
	}
	w.awaitState(first.GetId(), confirmationv1.LetterState_HANDED_OVER)
	w.Restart()
	w.signIn()
	ctx = testkit.WithKey(w.ctx, "order-key-1")
	again, err := w.order(ctx, "home")
	if err != nil || !proto.Equal(again, first) {
		t.Errorf("%v (%v), want the first answer: %v", again, err, first)
	}
}

func TestWhoMayCall(t *testing.T) {
	w := start(t)
	order, code := w.mustOrder()
	stranger := w.As(secret.NewID().String(), accountv1.Level_STANDARD)
	old := w.AsUser(rpc.User{AccountID: w.me, SessionID: "s", Level: accountv1.Level_STANDARD.Number(), AuthTime: w.Clock.Now(), ProofTime: w.Clock.Now().Add(-21 * time.Minute)})
	for _, c := range []struct {
		name string
		ctx  context.Context
		want errorsv1.Reason
	}{
		{"nobody", context.Background(), errorsv1.Reason_UNAUTHENTICATED},
		{"somebody else", stranger, errorsv1.Reason_PERMISSION_DENIED},
		{"a simplified account", w.As(w.me, accountv1.Level_SIMPLIFIED), errorsv1.Reason_LEVEL_TOO_LOW},
		{"signed in too long ago", old, errorsv1.Reason_REAUTHENTICATION_REQUIRED},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.order(c.ctx, "home")
			wantReason(t, err, c.want)
			_, err = w.client.RedeemCode(c.ctx, &confirmationv1.RedeemCodeRequest{AccountId: w.me, Code: code})
			wantReason(t, err, c.want)
		})
	}
	_, err := w.client.GetLetterOrder(stranger, &confirmationv1.GetLetterOrderRequest{AccountId: w.me, LetterOrderId: order.GetId()})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	w.me = secret.NewID().String()
	w.signIn()
	for id, want := range map[string]errorsv1.Reason{
		order.GetId(): errorsv1.Reason_LETTER_NOT_FOUND, secret.NewID().String(): errorsv1.Reason_LETTER_NOT_FOUND,
		"no id": errorsv1.Reason_NOT_FOUND,
	} {
		_, err = w.client.GetLetterOrder(w.ctx, &confirmationv1.GetLetterOrderRequest{AccountId: w.me, LetterOrderId: id})
		wantReason(t, err, want)
	}
	w.client = confirmationv1.NewConfirmationServiceClient(w.Dial("oidc", "confirmation"))
	_, err = w.order(w.ctx, "home")
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}

func TestNothingSecretIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	w.post.down.Store(true)
	if _, err := w.order(w.ctx, "home"); err != nil {
		t.Fatal(err)
	}
	var dump string
	query := `SELECT (SELECT string_agg(l::text, ' ') FROM confirmation.letter_orders l) ||
		(SELECT string_agg(o::text || convert_from(o.data, 'SQL_ASCII'), ' ') FROM confirmation.outbox o) ||
		(SELECT string_agg(j.args::text, ' ') FROM confirmation.river_job j)`
	if err := w.Pool().QueryRow(w.ctx, query).Scan(&dump); err != nil {
		t.Fatal(err)
	}
	w.refused("L-12345-12345", errorsv1.Reason_CONFIRMATION_CODE_WRONG)
	for _, secret := range []string{street, "Иванов", phone, "%PDF", "L-12345", "L1234512345"} {
		if strings.Contains(dump, secret) {
			t.Errorf("the tables hold %s", secret)
		}
		if strings.Contains(w.Logs(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

// attemptsLeft is what a refusal says; -1: nothing.
func attemptsLeft(e *errs.Error) int {
	if e == nil || e.AttemptsLeft == nil {
		return -1
	}
	return *e.AttemptsLeft
}

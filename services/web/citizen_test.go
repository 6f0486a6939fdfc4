package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// citizen plays the services that know one signed-in person: Анна Петрова.
type citizen struct {
	accountv1.UnimplementedAccountServiceServer
	profilev1.UnimplementedProfileServiceServer
	verificationv1.UnimplementedVerificationServiceServer
	confirmationv1.UnimplementedConfirmationServiceServer
	notificationv1.UnimplementedNotificationServiceServer
	now func() *timestamppb.Timestamp

	mu    sync.Mutex
	level accountv1.Level
	// over says that the session has ended.
	over     bool
	version  int
	person   *profilev1.Person
	passport *profilev1.Document
	address  *profilev1.Address
	// meanwhile is the address that another tab saves before this one's is written.
	meanwhile    *profilev1.Address
	verification *verificationv1.Verification
	letter       *confirmationv1.LetterOrder
	// orders counts the letters by the keys that they were ordered with.
	orders map[string]int
	// codeRefusal is what is said to any code.
	codeRefusal error
	feed        []*notificationv1.Notification
	read        string
}

// home is the site with the citizen in the place of those services, and a browser where she is signed in.
func home(t *testing.T) (*site, *citizen, *http.Client) {
	t.Helper()
	z := &citizen{
		level: accountv1.Level_SIMPLIFIED, orders: map[string]int{},
		person: &profilev1.Person{LastName: "Петрова", FirstName: "Анна", State: profilev1.DataState_UNVERIFIED},
	}
	s := startWith(t, nil,
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, z),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, z),
		testkit.Fake("verification", &verificationv1.VerificationService_ServiceDesc, z),
		testkit.Fake("confirmation", &confirmationv1.ConfirmationService_ServiceDesc, z),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc, z))
	z.now = func() *timestamppb.Timestamp { return timestamppb.New(s.Clock.Now()) }
	return s, z, s.signedIn()
}

func (z *citizen) set(change func()) {
	z.mu.Lock()
	defer z.mu.Unlock()
	change()
}

func (z *citizen) ResolveSession(_ context.Context, r *accountv1.ResolveSessionRequest) (*accountv1.Session, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if r.GetToken() != pageToken || z.over {
		return nil, errs.New(errorsv1.Reason_SESSION_ENDED, "no such session")
	}
	return &accountv1.Session{Id: "s1", AccountId: account, Level: z.level, AuthTime: z.now()}, nil
}

func (z *citizen) GetAccount(context.Context, *accountv1.GetAccountRequest) (*accountv1.Account, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return &accountv1.Account{AccountId: account, Level: z.level}, nil
}

func (z *citizen) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	return &accountv1.Contacts{Phone: "+79001234567"}, nil
}

func (z *citizen) GetPerson(context.Context, *profilev1.GetPersonRequest) (*profilev1.Person, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	p := proto.CloneOf(z.person)
	p.Etag = strconv.Itoa(z.version)
	return p, nil
}

// UpdatePerson refuses a day that the calendar does not have.
func (z *citizen) UpdatePerson(_ context.Context, r *profilev1.UpdatePersonRequest) (*profilev1.Person, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if r.GetIfMatch() != strconv.Itoa(z.version) {
		return nil, errs.New(errorsv1.Reason_PRECONDITION_FAILED, "changed")
	}
	if strings.HasSuffix(r.GetPerson().GetBirthDate(), "-02-31") {
		return nil, errs.Fields{{Name: "person.birth_date", Reason: errorsv1.Reason_DATE_NOT_IN_CALENDAR}}.Err()
	}
	z.version++
	apply(z.person, r.GetPerson(), r.GetUpdateMask().GetPaths())
	return proto.CloneOf(z.person), nil
}

func apply(to, from proto.Message, mask []string) {
	dst, src := to.ProtoReflect(), from.ProtoReflect()
	for _, path := range mask {
		f := dst.Descriptor().Fields().ByName(protoreflect.Name(path))
		if src.Has(f) {
			dst.Set(f, src.Get(f))
		} else {
			dst.Clear(f)
		}
	}
}

func (z *citizen) ListDocuments(context.Context, *profilev1.ListDocumentsRequest) (*profilev1.ListDocumentsResponse, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	out := &profilev1.ListDocumentsResponse{}
	if z.passport != nil {
		out.Documents = append(out.Documents, proto.CloneOf(z.passport))
	}
	return out, nil
}

// CreateDocument wants every field.
func (z *citizen) CreateDocument(_ context.Context, r *profilev1.CreateDocumentRequest) (*profilev1.Document, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	d := proto.CloneOf(r.GetDocument())
	var wrong errs.Fields
	for field, value := range map[string]string{
		"series": d.GetSeries(), "number": d.GetNumber(), "issue_date": d.GetIssueDate(), "issued_by": d.GetIssuedBy(), "issue_code": d.GetIssueCode(),
	} {
		if value == "" {
			wrong.Add("document."+field, errorsv1.Reason_FIELD_REQUIRED)
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	d.Id = "passport"
	z.passport = d
	return d, nil
}

func (z *citizen) GetCard(context.Context, *profilev1.GetCardRequest) (*profilev1.Card, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return &profilev1.Card{Person: proto.CloneOf(z.person), UnprovenEmail: "anna@example.ru"}, nil
}

func (z *citizen) ListAddresses(context.Context, *profilev1.ListAddressesRequest) (*profilev1.ListAddressesResponse, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	out := &profilev1.ListAddressesResponse{}
	if z.address != nil {
		out.Addresses = append(out.Addresses, proto.CloneOf(z.address))
	}
	return out, nil
}

// UpdateAddress refuses what was not seen.
func (z *citizen) UpdateAddress(_ context.Context, r *profilev1.UpdateAddressRequest) (*profilev1.Address, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.saveMeanwhile()
	if r.GetIfMatch() != z.address.GetEtag() {
		return nil, errs.New(errorsv1.Reason_PRECONDITION_FAILED, "changed")
	}
	z.version++
	apply(z.address, r.GetAddress(), r.GetUpdateMask().GetPaths())
	z.address.Etag = strconv.Itoa(z.version)
	return proto.CloneOf(z.address), nil
}

// saveMeanwhile is what another tab does between a form's reading and its writing.
func (z *citizen) saveMeanwhile() bool {
	if z.meanwhile == nil {
		return false
	}
	z.version++
	z.address, z.meanwhile = z.meanwhile, nil
	z.address.Etag = strconv.Itoa(z.version)
	return true
}

func (z *citizen) CreateAddress(_ context.Context, r *profilev1.CreateAddressRequest) (*profilev1.Address, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.saveMeanwhile() {
		return nil, errs.New(errorsv1.Reason_ADDRESS_EXISTS, "there is one")
	}
	if len(r.GetAddress().GetPostalCode()) != 6 {
		return nil, errs.Fields{{Name: "address.postal_code", Reason: errorsv1.Reason_FIELD_MALFORMED}}.Err()
	}
	z.address = proto.CloneOf(r.GetAddress())
	z.address.Id, z.address.Etag = "home", strconv.Itoa(z.version)
	return z.address, nil
}

func (z *citizen) ListVerifications(
	context.Context, *verificationv1.ListVerificationsRequest,
) (*verificationv1.ListVerificationsResponse, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	out := &verificationv1.ListVerificationsResponse{}
	if z.verification != nil {
		out.Verifications = append(out.Verifications, z.verification)
	}
	return out, nil
}

func (z *citizen) CreateVerification(
	context.Context, *verificationv1.CreateVerificationRequest,
) (*verificationv1.Verification, error) {
	var wrong errs.Fields
	wrong.Add("document.series", errorsv1.Reason_FIELD_REQUIRED)
	wrong.Add("document.number", errorsv1.Reason_FIELD_REQUIRED)
	return nil, wrong.Err()
}

func (z *citizen) ListLetterOrders(
	context.Context, *confirmationv1.ListLetterOrdersRequest,
) (*confirmationv1.ListLetterOrdersResponse, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	out := &confirmationv1.ListLetterOrdersResponse{}
	if z.letter != nil {
		out.LetterOrders = append(out.LetterOrders, z.letter)
	}
	return out, nil
}

func (z *citizen) CreateLetterOrder(
	ctx context.Context, r *confirmationv1.CreateLetterOrderRequest,
) (*confirmationv1.LetterOrder, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.orders[r.GetAddressId()]++
	z.letter = &confirmationv1.LetterOrder{Id: "l1", State: confirmationv1.LetterState_CREATED, Address: "119019, Москва"}
	return z.letter, nil
}

func (z *citizen) RedeemCode(context.Context, *confirmationv1.RedeemCodeRequest) (*confirmationv1.RedeemCodeResponse, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return &confirmationv1.RedeemCodeResponse{}, z.codeRefusal
}

func (z *citizen) ListNotifications(
	_ context.Context, r *notificationv1.ListNotificationsRequest,
) (*notificationv1.ListNotificationsResponse, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if t := r.GetPageToken(); t != "" && t != "next" {
		return nil, errs.Fields{{Name: "page_token", Reason: errorsv1.Reason_PAGE_TOKEN_INVALID}}.Err()
	}
	out := &notificationv1.ListNotificationsResponse{}
	for _, n := range z.feed {
		if n.GetUnread() {
			out.UnreadCount++
		}
		if r.GetKind() == 0 || r.GetKind() == n.GetKind() {
			out.Notifications = append(out.Notifications, n)
		}
	}
	if int(r.GetPageSize()) < len(out.Notifications) {
		out.Notifications, out.NextPageToken = out.Notifications[:r.GetPageSize()], "next"
	}
	return out, nil
}

func (z *citizen) MarkNotificationsRead(
	_ context.Context, r *notificationv1.MarkNotificationsReadRequest,
) (*emptypb.Empty, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.read = r.GetNotificationId()
	for _, n := range z.feed {
		n.Unread = false
	}
	return &emptypb.Empty{}, nil
}

// hidden is a hidden field of the page's form.
func (a answer) hidden(name string) string {
	_, rest, _ := strings.Cut(a.body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// filled is the page's form with these fields, as name and value.
func (a answer) filled(t *testing.T, fields ...string) url.Values {
	t.Helper()
	form := url.Values{"csrf_token": {a.csrf(t)}}
	for _, name := range []string{"owner", "idempotency_key", "seen_etag", "newest"} {
		if value := a.hidden(name); value != "" {
			form.Set(name, value)
		}
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

// leads wants an answer that sends the browser on.
func (a answer) leads(t *testing.T, to string) {
	t.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != to {
		t.Errorf("%d to %q, want %q", a.StatusCode, got, to)
	}
}

// shows wants texts on the page.
func (a answer) shows(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, plain(text)) {
			t.Errorf("%s (%d) does not show %q: %s", a.Request.URL, a.StatusCode, text, a.body)
		}
	}
}

package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// Me is the signed-in person at a glance.
type Me struct {
	AccountID    string        `json:"accountId"`
	OID          int32         `json:"oid"`
	Level        string        `json:"level"`
	Person       MePerson      `json:"person"`
	Contacts     []MeContact   `json:"contacts"`
	Confirmation *Confirmation `json:"confirmation,omitempty"`
}

// MePerson is who that is.
type MePerson struct {
	LastName   string `json:"lastName"`
	FirstName  string `json:"firstName"`
	MiddleName string `json:"middleName,omitempty"`
	// State is UNVERIFIED, PENDING or VERIFIED.
	State string `json:"state"`
}

// MeContact is a phone or an email of theirs: proven ones are logins.
type MeContact struct {
	// Kind is PHONE or EMAIL.
	Kind  string `json:"kind"`
	Value string `json:"value"`
	// State is UNPROVEN or PROVEN.
	State string `json:"state"`
}

// Confirmation is how and when the account was confirmed.
type Confirmation struct {
	Method string    `json:"method"`
	Time   time.Time `json:"time"`
}

// me answers GET /v1/me: what account and profile know.
func (a *API) me(w http.ResponseWriter, r *http.Request, _ map[string]string) {
	user, ok := rpc.UserOf(r.Context())
	if !ok {
		WriteProblem(w, r, errs.New(errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in"))
		return
	}
	me, err := a.readMe(r.Context(), user.AccountID)
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(me) //nolint:errchkjson // its time came from protobuf: in range
}

func (a *API) readMe(ctx context.Context, id string) (Me, error) {
	account, err := a.accounts.GetAccount(ctx, &accountv1.GetAccountRequest{AccountId: id})
	if err != nil {
		return Me{}, err
	}
	proven, err := a.accounts.GetContacts(ctx, &accountv1.GetContactsRequest{AccountId: id})
	if err != nil {
		return Me{}, err
	}
	card, err := a.readCard(ctx, id)
	if err != nil {
		return Me{}, err
	}
	me := newMe(account, card.GetPerson())
	me.Contacts = contacts(proven, card)
	return me, nil
}

// readCard reads what profile knows. The version before does not show the gateway contacts that are not proven: while an
// installation is upgraded they are missing.
func (a *API) readCard(ctx context.Context, id string) (*profilev1.Card, error) {
	card, err := a.profiles.GetCard(ctx, &profilev1.GetCardRequest{
		AccountId: id, ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"person", "unproven_phone", "unproven_email"}},
	})
	if !errs.Is(err, errorsv1.Reason_PERMISSION_DENIED) {
		return card, err
	}
	person, err := a.profiles.GetPerson(ctx, &profilev1.GetPersonRequest{AccountId: id})
	return &profilev1.Card{Person: person}, err
}

// contacts are the phone and then the email; of each the proven one first. One that was proven after all is no other.
func contacts(proven *accountv1.Contacts, card *profilev1.Card) []MeContact {
	out := []MeContact{}
	for _, c := range []struct{ kind, proven, unproven string }{
		{"PHONE", proven.GetPhone(), card.GetUnprovenPhone()},
		{"EMAIL", proven.GetEmail(), card.GetUnprovenEmail()},
	} {
		if c.proven != "" {
			out = append(out, MeContact{Kind: c.kind, Value: c.proven, State: "PROVEN"})
		}
		if c.unproven != "" && !strings.EqualFold(c.unproven, c.proven) {
			out = append(out, MeContact{Kind: c.kind, Value: c.unproven, State: "UNPROVEN"})
		}
	}
	return out
}

func newMe(a *accountv1.Account, p *profilev1.Person) Me {
	me := Me{
		AccountID: a.GetAccountId(), OID: a.GetOid(), Level: a.GetLevel().String(),
		Person: MePerson{
			LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(),
			State: p.GetState().String(),
		},
	}
	if c := a.GetConfirmation(); c != nil {
		me.Confirmation = &Confirmation{Method: c.GetMethod().String(), Time: c.GetTime().AsTime()}
	}
	return me
}

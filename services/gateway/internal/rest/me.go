package rest

import (
	"encoding/json"
	"net/http"
	"time"

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
	Confirmation *Confirmation `json:"confirmation,omitempty"`
}

// MePerson is who that is.
type MePerson struct {
	LastName   string `json:"lastName"`
	FirstName  string `json:"firstName"`
	MiddleName string `json:"middleName"`
	// State is UNVERIFIED, PENDING or VERIFIED.
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
		WriteProblem(w, r, errs.New(errs.Unauthenticated, errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in"))
		return
	}
	account, err := a.accounts.GetAccount(r.Context(), &accountv1.GetAccountRequest{AccountId: user.AccountID})
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	person, err := a.profiles.GetPerson(r.Context(), &profilev1.GetPersonRequest{AccountId: user.AccountID})
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(newMe(account, person)) //nolint:errchkjson // its time came from protobuf: in range
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

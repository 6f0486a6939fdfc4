package signup

import (
	"time"

	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
)

const (
	// startedLife is how long the browser remembers a sign-up whose contact is not proven yet.
	startedLife = 24 * time.Hour
	// provenLife is how long it may set the password once the contact is proven: whoever uses the computer next must not.
	provenLife = time.Hour
	// maxSignUps is how many a browser has under way.
	maxSignUps = 3
)

// underWay is what a sign-up needs to go on in this browser.
type underWay struct {
	// Form is the first step as it was typed.
	LastName, FirstName, MiddleName string
	Phone, Email                    string
	NoPhone                         bool
	// CompletionToken is the right to set the password; empty before the contact is proven.
	CompletionToken string
	// Contact is the one that was proven, and Words what the password must not be made of.
	Contact string
	Words   []string
	// Generated is a password that the server has made.
	Generated string
	// Interaction and Client are the partner's sign-in that it began from, maybe on another device, and the partner.
	Interaction, Client string
}

// flow is the cookie of a sign-up: it lives shorter once it holds the right to set the password.
func (u underWay) flow() page.Flow {
	life := startedLife
	if u.CompletionToken != "" {
		life = provenLife
	}
	return page.Flow{Name: "signup", Life: life, Keep: maxSignUps}
}

func (u underWay) save(r *page.Request, id string) error { return r.SaveFlow(u.flow(), id, u) }

func recallSignUp(r *page.Request, id string) (u underWay, ok bool) {
	ok = r.ReadFlow(u.flow(), id, &u)
	return u, ok
}

func forgetSignUp(r *page.Request, id string) { r.EndFlow(underWay{}.flow(), id) }

// latestSignUp is the one that this browser went on with last; "" if there is none.
func latestSignUp(r *page.Request) (string, underWay) {
	for _, id := range r.FlowIDs(underWay{}.flow()) {
		if u, ok := recallSignUp(r, id); ok {
			return id, u
		}
	}
	return "", underWay{}
}

func (u underWay) sameAs(m Start) bool {
	return u.LastName == m.LastName && u.FirstName == m.FirstName && u.MiddleName == m.MiddleName &&
		u.Phone == m.Phone && u.Email == m.Email && u.NoPhone == m.NoPhone
}

func (u underWay) form() Start {
	return Start{
		LastName: u.LastName, FirstName: u.FirstName, MiddleName: u.MiddleName, Phone: u.Phone, Email: u.Email, NoPhone: u.NoPhone,
	}
}

func (u underWay) request(r *page.Request) *registrationv1.StartRegistrationRequest {
	out := &registrationv1.StartRegistrationRequest{
		LastName: u.LastName, FirstName: u.FirstName, MiddleName: u.MiddleName, Phone: u.Phone, Email: u.Email,
		InteractionId: r.InteractionID(), ClientId: partners.Client(r, r.InteractionID()),
	}
	if u.NoPhone {
		out.Phone, out.Channel = "", registrationv1.Channel_EMAIL
	}
	return out
}

// done is a sign-up that has ended in this browser: which partner's sign-in it began from.
type done struct{ Interaction, Client string }

// doneID names the last one of a browser.
const doneID = "last"

func doneFlow() page.Flow { return page.Flow{Name: "signedup", Life: time.Hour, Keep: 1} }

// end forgets a sign-up that has made an account, but for the way back to the partner.
func (u underWay) end(r *page.Request, id string) error {
	forgetSignUp(r, id)
	return r.SaveFlow(doneFlow(), doneID, done{Interaction: u.Interaction, Client: u.Client})
}

// ended is the sign-up that this browser ended last.
func ended(r *page.Request) done {
	var d done
	r.ReadFlow(doneFlow(), doneID, &d)
	return d
}

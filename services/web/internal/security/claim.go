package security

import (
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// claiming is a claim under way: it outlives the week that it waits, and another in which it can be completed.
func claiming() page.Flow { return page.Flow{Name: "claim", Life: 15 * 24 * time.Hour, Keep: 1} }

const claimID = "own"

// underWay is what a claim needs to go on.
type underWay struct {
	Token, Kind, Destination              string
	State                                 string
	CodeExpire, Resend, Effective, Expire time.Time
}

func (u underWay) with(c *accountv1.ContactClaim) underWay {
	u.State, u.Destination = c.GetState().String(), c.GetDestination()
	u.CodeExpire, u.Resend = progress.Time(c.GetCodeExpireTime()), progress.Time(c.GetResendTime())
	u.Effective, u.Expire = progress.Time(c.GetEffectiveTime()), progress.Time(c.GetExpireTime())
	return u
}

// claim takes a contact that the person has now, and has a code sent to it.
func (f feature) claim(r *page.Request) error {
	kind := kindOf(r)
	field := fieldOf(kind)
	if r.IsPost() {
		c, err := f.Claims.CreateContactClaim(r.Context(), &accountv1.CreateContactClaimRequest{Kind: kind, Value: r.Field(field)})
		if err == nil {
			u := underWay{Token: c.GetClaimToken(), Kind: kind.String()}
			if err := r.SaveFlow(claiming(), claimID, u.with(c)); err != nil {
				return err
			}
			r.Redirect(paths.ContactClaimCode)
			return nil
		}
		if !r.Refused(err, field) {
			return err
		}
		r.RenameField("value", field)
	}
	var u underWay
	begun := r.ReadFlow(claiming(), claimID, &u)
	return r.Render(Claim{Page: r.Page, Kind: kind.String(), Value: r.Field(field), Begun: begun && u.State == stateWaiting})
}

const stateWaiting = "WAITING"

// claimCode takes the code, or sends it anew.
func (f feature) claimCode(r *page.Request) error {
	var u underWay
	if !r.ReadFlow(claiming(), claimID, &u) {
		r.Redirect(paths.ContactClaim)
		return nil
	}
	if u.State != accountv1.ContactClaim_CODE_SENT.String() {
		r.Redirect(paths.ContactClaimWait)
		return nil
	}
	if r.IsPost() {
		done, err := f.proveClaim(r, u)
		if err != nil || done {
			return err
		}
	}
	return f.showCode(r, codeAsked{
		kind: accountv1.ContactKind(accountv1.ContactKind_value[u.Kind]), to: u.Destination, expire: u.CodeExpire,
		resend: u.Resend, back: paths.ContactClaim + "?kind=" + u.Kind,
	})
}

func (f feature) proveClaim(r *page.Request, u underWay) (done bool, err error) {
	var c *accountv1.ContactClaim
	next, field := paths.ContactClaimWait, "code"
	if r.Action() == components.ActionResend {
		next, field = paths.ContactClaimCode, ""
		c, err = f.Claims.SendContactClaimCode(r.Context(), &accountv1.SendContactClaimCodeRequest{ClaimToken: u.Token})
	} else {
		c, err = f.Claims.VerifyContactClaim(r.Context(), &accountv1.VerifyContactClaimRequest{
			ClaimToken: u.Token, Code: r.Field("code"),
		})
	}
	if err == nil {
		if err := r.SaveFlow(claiming(), claimID, u.with(c)); err != nil {
			return false, err
		}
		r.Redirect(next)
		return true, nil
	}
	if !r.Refused(err, field) {
		return false, err
	}
	return false, nil
}

// claimWait says when the contact can be had, and has it taken off the other account then.
func (f feature) claimWait(r *page.Request) error {
	var u underWay
	if !r.ReadFlow(claiming(), claimID, &u) {
		r.Redirect(paths.ContactClaim)
		return nil
	}
	if u.State == accountv1.ContactClaim_CODE_SENT.String() {
		r.Redirect(paths.ContactClaimCode)
		return nil
	}
	if r.IsPost() {
		c, err := f.Claims.CompleteContactClaim(r.Context(), &accountv1.CompleteContactClaimRequest{ClaimToken: u.Token})
		if err == nil {
			if err := r.SaveFlow(claiming(), claimID, u.with(c)); err != nil {
				return err
			}
			r.Redirect(paths.ContactClaimWait)
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	return r.Render(ClaimWait{
		Page: r.Page, Destination: u.Destination, Free: u.State == accountv1.ContactClaim_FREE.String(),
		EffectiveTime: u.Effective, ExpireTime: u.Expire, Due: !f.now().Before(u.Effective),
	})
}

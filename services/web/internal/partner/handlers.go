package partner

import (
	"slices"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/signin"
)

// interaction takes a person through what a partner's request still needs, one page at a time: sign-in, choice of the account,
// level, consent. oidc says what is needed and judges again when it is decided.
func (f feature) interaction(r *page.Request) error {
	id := r.PathValue("id")
	i, err := f.OIDC.GetInteraction(r.Context(), &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: r.User().SessionID, Browser: interactionCookie(r, id),
	})
	if err != nil {
		return err
	}
	r.SuggestLanguage(i.GetLanguage())
	r.Page.Partner = partners.NameOf(r, i)
	if i.GetContinueUrl() != "" {
		return f.again(r, i)
	}
	if i.GetSilent() {
		return f.decide(r, i, silentDecision(i))
	}
	person, err := f.greet(r, i)
	if err != nil {
		return err
	}
	switch {
	case needs(i, oidcv1.Need_LOGIN), r.SignedIn() && paths.IsOtherAccount(r.URL):
		return f.interactionLogin(r, i)
	case needs(i, oidcv1.Need_ACCOUNT_CHOICE):
		return f.interactionChoice(r, i, person)
	case needs(i, oidcv1.Need_SECOND_FACTOR):
		return f.interactionFactor(r, i)
	case needs(i, oidcv1.Need_LEVEL):
		return f.interactionLevel(r, i)
	case needs(i, oidcv1.Need_CONSENT):
		return f.interactionConsent(r, i, person)
	case r.IsPost() && r.Action() == components.ActionDeny: // what was asked for has been given meanwhile, elsewhere
		return f.decide(r, i, oidcv1.Decision_DENY)
	default:
		return f.decide(r, i, oidcv1.Decision_ALLOW)
	}
}

// greet says on every page who is signed in, and offers another account.
func (f feature) greet(r *page.Request, i *oidcv1.Interaction) (*profilev1.Person, error) {
	if !r.SignedIn() {
		return nil, nil //nolint:nilnil // there is nobody to greet
	}
	if !needs(i, oidcv1.Need_OTHER_PERSON) {
		r.Page.OtherAccountURL = paths.OtherAccount(i.GetInteractionId())
	}
	return profiles.Greet(r, f.Profiles)
}

// again leads on from an interaction that this person has decided: a form was sent twice, or a page asked for anew. An
// answer that is another one is oidc's to refuse.
func (f feature) again(r *page.Request, i *oidcv1.Interaction) error {
	switch {
	case !r.IsPost():
	case r.Action() == actionAllow:
		return f.decide(r, i, oidcv1.Decision_ALLOW)
	case r.Action() == components.ActionDeny:
		err := f.decide(r, i, oidcv1.Decision_DENY)
		if errs.Is(err, errorsv1.Reason_INTERACTION_DECIDED) { // the page about the level has the same button
			return f.decide(r, i, oidcv1.Decision_LEVEL_UNMET)
		}
		return err
	}
	r.Redirect(paths.Own(i.GetContinueUrl(), paths.Home))
	return nil
}

// interactionCookie is oidc's, which tells the browser that began the interaction from any other.
func interactionCookie(r *page.Request, id string) string {
	return r.Cookie(cookies.Interaction(id))
}

func needs(i *oidcv1.Interaction, n oidcv1.Need) bool { return slices.Contains(i.GetNeeds(), n) }

// silentDecision answers a prompt=none request (OpenID Connect Core §3.1.2.1), which may show no page.
func silentDecision(i *oidcv1.Interaction) oidcv1.Decision {
	switch {
	case needs(i, oidcv1.Need_LOGIN), needs(i, oidcv1.Need_SECOND_FACTOR):
		return oidcv1.Decision_LOGIN_REQUIRED
	case needs(i, oidcv1.Need_LEVEL):
		return oidcv1.Decision_LEVEL_UNMET
	case needs(i, oidcv1.Need_CONSENT):
		return oidcv1.Decision_CONSENT_REQUIRED
	default:
		return oidcv1.Decision_ALLOW
	}
}

// interactionLogin signs in; who is signed in already, too long ago for the partner, proves his password again, unless the
// partner means somebody else, or the person another account.
func (f feature) interactionLogin(r *page.Request, i *oidcv1.Interaction) error {
	if r.IsPost() && r.Action() == components.ActionDeny {
		return f.decide(r, i, oidcv1.Decision_DENY)
	}
	other := r.SignedIn() && paths.IsOtherAccount(r.URL)
	again := r.SignedIn() && !other && !needs(i, oidcv1.Need_OTHER_PERSON)
	if r.IsPost() && !provesWith(r, again) {
		return proofFirst(r, i, again)
	}
	if r.IsPost() {
		try := f.SignIn.TryPassword
		if again {
			try = f.SignIn.ProveAgain
		}
		onward, err := try(r, paths.Interaction(i.GetInteractionId()))
		if err != nil {
			return err
		}
		if onward != "" {
			r.Redirect(onward)
			return nil
		}
	}
	if again {
		return f.SignIn.ShowReauthenticate(r, paths.Interaction(i.GetInteractionId()))
	}
	return r.Render(loginPage(r, i, other))
}

// provesWith says whether the form is one that signs in, or proves the password again.
func provesWith(r *page.Request, again bool) bool {
	if again {
		return r.PostForm.Has("password")
	}
	return r.PostForm.Has("login")
}

// proofFirst keeps a form of another page, whose session has ended or become too old for the partner meanwhile, until its person
// has signed in or proven the password again.
func proofFirst(r *page.Request, i *oidcv1.Interaction, again bool) error {
	switch {
	case again:
		return errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the partner asks for a newer sign-in")
	case r.SignedIn():
		return anew(r, i) // the partner means another person
	default:
		return errs.New(errorsv1.Reason_SESSION_ENDED, "the form needs somebody who is signed in")
	}
}

func loginPage(r *page.Request, i *oidcv1.Interaction, other bool) signin.Login {
	m := signin.Login{
		Page: r.Page, Login: r.Field("login"), SignUpURL: paths.WithInteraction(paths.SignUp, i.GetInteractionId()),
		OtherPerson: needs(i, oidcv1.Need_OTHER_PERSON),
		PasskeyURL:  paths.WithNext(paths.SignInPasskey, paths.Interaction(i.GetInteractionId())),
	}
	if m.Login == "" && !other {
		m.Login = i.GetLoginHint()
	}
	if other {
		m.StayURL = paths.Interaction(i.GetInteractionId())
	}
	return m
}

// interactionChoice asks with which account to go on.
func (f feature) interactionChoice(r *page.Request, i *oidcv1.Interaction, person *profilev1.Person) error {
	switch {
	case !r.IsPost():
		return r.Render(Choice{Page: r.Page, Account: profiles.FullName(person), Level: r.Level().String()})
	case r.Action() == components.ActionDeny:
		return f.decide(r, i, oidcv1.Decision_DENY)
	case r.Action() != actionChoose:
		return anew(r, i)
	}
	_, err := f.OIDC.ChooseAccount(r.Context(), &oidcv1.ChooseAccountRequest{
		InteractionId: i.GetInteractionId(), SessionId: r.User().SessionID, Browser: interactionCookie(r, i.GetInteractionId()),
	})
	if err != nil {
		return err
	}
	return anew(r, i)
}

// anew asks for the page that is due now: also when the form is of the page before, sent a second time.
func anew(r *page.Request, i *oidcv1.Interaction) error {
	r.Redirect(paths.Interaction(i.GetInteractionId()))
	return nil
}

// interactionFactor says that the partner wants a second proof of who is signed in, and leads to the step that is missing.
func (f feature) interactionFactor(r *page.Request, i *oidcv1.Interaction) error {
	m := SecondFactor{Page: r.Page, Unbound: r.Has(errorsv1.Reason_SECOND_FACTOR_MISSING)}
	switch {
	case !r.IsPost():
		return r.Render(m)
	case r.Action() == components.ActionDeny:
		return f.decide(r, i, oidcv1.Decision_DENY)
	case r.Action() != actionProve:
		return anew(r, i)
	}
	onward, err := f.SignIn.StepUp(r, twoFactors, 0, paths.Interaction(i.GetInteractionId()))
	if err == nil {
		r.Redirect(onward)
		return nil
	}
	if !r.Refused(err, "") {
		return err
	}
	return r.Render(m)
}

// interactionLevel says that the partner asks for more than the account is; the person may go and raise it. The request waits
// for it meanwhile, and the message that brings the level leads back to the partner.
func (f feature) interactionLevel(r *page.Request, i *oidcv1.Interaction) error {
	switch {
	case !r.IsPost():
	case r.Action() == components.ActionDeny:
		return f.decide(r, i, oidcv1.Decision_LEVEL_UNMET)
	default:
		return anew(r, i)
	}
	_, err := f.OIDC.HoldRequest(r.Context(), &oidcv1.HoldRequestRequest{
		InteractionId: i.GetInteractionId(), SessionId: r.User().SessionID, Browser: interactionCookie(r, i.GetInteractionId()),
	})
	if err != nil {
		return err
	}
	return r.Render(LevelTooLow{Page: r.Page, Required: i.GetRequiredLevel().String(), Current: r.Level().String()})
}

// interactionConsent asks whether the partner may have what it wants.
func (f feature) interactionConsent(r *page.Request, i *oidcv1.Interaction, person *profilev1.Person) error {
	switch {
	case !r.IsPost():
		return r.Render(consentPage(r, i, person))
	case r.Action() == components.ActionDeny:
		return f.decide(r, i, oidcv1.Decision_DENY)
	case r.Action() != actionAllow:
		return anew(r, i)
	}
	err := f.decide(r, i, oidcv1.Decision_ALLOW)
	if e, ok := errs.As(err); ok && len(e.Fields) > 0 && r.Refused(err, "") { // the client wants a claim now that it could do without
		r.FormExpired()
		return r.Render(consentPage(r, i, person))
	}
	return err
}

// decide ends the interaction; oidc redirects to the partner.
func (f feature) decide(r *page.Request, i *oidcv1.Interaction, d oidcv1.Decision) error {
	decision := &oidcv1.DecideInteractionRequest{
		InteractionId: i.GetInteractionId(), SessionId: r.User().SessionID, Decision: d,
		Browser: interactionCookie(r, i.GetInteractionId()),
	}
	if d == oidcv1.Decision_ALLOW {
		for _, s := range i.GetScopes() {
			decision.Scopes = append(decision.Scopes, s.GetScope())
		}
		decision.DeclinedClaims = keptBack(r)
	}
	done, err := f.OIDC.DecideInteraction(r.Context(), decision)
	if err != nil {
		return err
	}
	r.Redirect(paths.Own(done.GetContinueUrl(), paths.Home))
	return nil
}

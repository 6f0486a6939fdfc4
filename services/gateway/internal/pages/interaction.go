package pages

import (
	"net/url"
	"slices"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// interaction takes a person through what a partner's request still needs, one page at a time: sign-in, level,
// consent. oidc says what is needed and judges again when it is decided.
func (p *Pages) interaction(v *visit) error {
	id := v.r.PathValue("id")
	i, err := p.OIDC.GetInteraction(v.ctx, &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: v.session.GetId(), Browser: p.interactionCookie(v, id),
	})
	if err != nil {
		return err
	}
	v.suggestLanguage(i.GetLanguage())
	v.page.Partner = i.GetClientNames()[v.page.Lang]
	if i.GetSilent() {
		return p.decide(v, i, silentDecision(i))
	}
	switch {
	case needs(i, oidcv1.Need_LOGIN):
		return p.interactionLogin(v, i)
	case needs(i, oidcv1.Need_LEVEL):
		return p.interactionLevel(v, i)
	case needs(i, oidcv1.Need_CONSENT):
		return p.interactionConsent(v, i)
	default:
		return p.decide(v, i, oidcv1.Decision_ALLOW)
	}
}

// interactionCookie is oidc's, which tells the browser that began the interaction from any other.
func (p *Pages) interactionCookie(v *visit, id string) string {
	return p.cookie(v.r, "interaction-"+id)
}

func needs(i *oidcv1.Interaction, n oidcv1.Need) bool { return slices.Contains(i.GetNeeds(), n) }

// silentDecision answers a prompt=none request (OpenID Connect Core §3.1.2.1), which may show no page.
func silentDecision(i *oidcv1.Interaction) oidcv1.Decision {
	switch {
	case needs(i, oidcv1.Need_LOGIN):
		return oidcv1.Decision_LOGIN_REQUIRED
	case needs(i, oidcv1.Need_LEVEL):
		return oidcv1.Decision_LEVEL_UNMET
	case needs(i, oidcv1.Need_CONSENT):
		return oidcv1.Decision_CONSENT_REQUIRED
	default:
		return oidcv1.Decision_ALLOW
	}
}

// interactionLogin signs in; who is signed in already, too long ago for the partner, proves his password again.
func (p *Pages) interactionLogin(v *visit, i *oidcv1.Interaction) error {
	if v.isPost() && v.action() == view.ActionDeny {
		return p.decide(v, i, oidcv1.Decision_DENY)
	}
	if v.isPost() {
		try := p.tryPassword
		if v.session != nil {
			try = p.proveAgain
		}
		done, err := try(v)
		if err != nil {
			return err
		}
		if done {
			v.redirect(interactionPath(i.GetInteractionId()))
			return nil
		}
	}
	if v.session != nil {
		return p.showReauthenticate(v, interactionPath(i.GetInteractionId()))
	}
	login := v.form("login")
	if login == "" {
		login = i.GetLoginHint()
	}
	return v.show(view.SignIn{
		Page: v.page, Login: login, SignUpURL: withInteraction(view.PathSignUp, i.GetInteractionId()),
	})
}

// interactionLevel says that the partner asks for more than the account is; the person may go and raise it.
func (p *Pages) interactionLevel(v *visit, i *oidcv1.Interaction) error {
	if v.isPost() {
		return p.decide(v, i, oidcv1.Decision_LEVEL_UNMET)
	}
	if err := p.greet(v); err != nil {
		return err
	}
	return v.show(view.LevelTooLow{
		Page: v.page, Required: i.GetRequiredLevel().String(), Current: v.session.GetLevel().String(),
	})
}

// interactionConsent asks whether the partner may have what it wants.
func (p *Pages) interactionConsent(v *visit, i *oidcv1.Interaction) error {
	if v.isPost() {
		if v.action() == view.ActionAllow {
			return p.decide(v, i, oidcv1.Decision_ALLOW)
		}
		return p.decide(v, i, oidcv1.Decision_DENY)
	}
	person, err := p.greetedPerson(v)
	if err != nil {
		return err
	}
	m := view.Consent{Page: v.page, Account: fullName(person), Level: v.session.GetLevel().String()}
	for _, s := range i.GetScopes() {
		m.Items = append(m.Items, view.ConsentItem{
			Scope: s.GetScope(), Purpose: s.GetPurpose()[v.page.Lang], Granted: s.GetGranted(),
		})
	}
	return v.show(m)
}

// decide ends the interaction; oidc redirects to the partner.
func (p *Pages) decide(v *visit, i *oidcv1.Interaction, d oidcv1.Decision) error {
	r := &oidcv1.DecideInteractionRequest{
		InteractionId: i.GetInteractionId(), SessionId: v.session.GetId(), Decision: d,
		Browser: p.interactionCookie(v, i.GetInteractionId()),
	}
	if d == oidcv1.Decision_ALLOW {
		for _, s := range i.GetScopes() {
			r.Scopes = append(r.Scopes, s.GetScope())
		}
	}
	done, err := p.OIDC.DecideInteraction(v.ctx, r)
	if err != nil {
		return err
	}
	v.redirect(ownPath(done.GetContinueUrl(), view.PathHome))
	return nil
}

// interactionID is the interaction that a sign-up or sign-in page belongs to, if any.
func (v *visit) interactionID() string { return v.r.URL.Query().Get("interaction") }

func interactionPath(id string) string { return "/interactions/" + url.PathEscape(id) }

func withInteraction(path, id string) string {
	if id == "" {
		return path
	}
	return path + "?" + url.Values{"interaction": {id}}.Encode()
}

// suggestLanguage is the partner's wish; what the person chose goes before.
func (v *visit) suggestLanguage(lang string) {
	if c, err := v.r.Cookie(CookieLanguage); lang != "" && (err != nil || c.Value == "") {
		v.page.Lang = lang
	}
}

func reauthenticationRequired() error {
	return errs.New(errs.Denied, errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the sign-in is too long ago")
}

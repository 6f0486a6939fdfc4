// Package partners finds the way back to a partner, from wherever a person has come to: to the sign-in that is under way, or
// else to where one begins at the partner.
package partners

import (
	"cmp"
	"log/slog"
	"slices"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// Ways finds ways back.
type Ways struct {
	OIDC oidcv1.OIDCServiceClient
	Log  *slog.Logger
}

// Way is a way back to a partner. Without a partner it is none.
type Way struct {
	// Partner is its name in the page's language, and Host that of its site.
	Partner, Host string
	// URL is a path of ours while the sign-in is under way, else the partner's address: Living tells which.
	URL    string
	Living bool
}

// Found says whether there is a way.
func (w Way) Found() bool { return w.URL != "" }

// Client is the client whose sign-in this browser has begun; "": it has begun none of this id.
func Client(r *page.Request, interactionID string) string {
	for _, c := range r.Begun() {
		if c.ID == interactionID {
			return c.Client()
		}
	}
	return ""
}

// Back is the way to the interaction if this browser can go on with it, else to the partner: the client that began it here, or
// the given one, which whoever calls has from elsewhere. A browser that did not begin it learns nothing of it.
func (w Ways) Back(r *page.Request, interactionID, clientID string) (Way, error) {
	for _, c := range r.Begun() {
		if c.ID != interactionID {
			continue
		}
		way, err := w.living(r, c)
		if way.Found() || err != nil {
			return way, err
		}
		if c.Client() != "" {
			clientID = c.Client()
		}
	}
	return w.partner(r, clientID)
}

// After is the way back for a page that cannot say more than that something has failed: a failure of its own is only logged.
func (w Ways) After(r *page.Request) Way {
	id := paths.InteractionOf(r.URL)
	way, err := w.partner(r, Client(r, id))
	if err != nil {
		w.Log.Warn("no way back to the partner was found", "error", err)
	}
	return way
}

// To is the way to a partner: the newest sign-in for it that this browser can go on with, else the partner's address.
func (w Ways) To(r *page.Request, p *oidcv1.Partner) (Way, error) {
	for _, c := range r.Begun() {
		if c.Client() != p.GetClientId() {
			continue
		}
		if way, err := w.living(r, c); way.Found() || err != nil {
			return way, err
		}
	}
	return there(r, p), nil
}

// living is the way to an interaction that waits for somebody to decide.
func (w Ways) living(r *page.Request, c cookies.InteractionCookie) (Way, error) {
	i, err := w.OIDC.GetInteraction(r.Context(), &oidcv1.GetInteractionRequest{
		InteractionId: c.ID, SessionId: r.User().SessionID, Browser: c.Value,
	})
	if errs.Is(err, errorsv1.Reason_INTERACTION_NOT_FOUND) || errs.Is(err, errorsv1.Reason_INTERACTION_DECIDED) {
		return Way{}, nil
	}
	if err != nil {
		return Way{}, err
	}
	if i.GetContinueUrl() != "" {
		return Way{}, nil // it is decided: what is asked for now is another sign-in
	}
	way := there(r, i.GetPartner())
	way.URL, way.Living = paths.Interaction(c.ID), true
	return way, nil
}

// partner is the way to a client's own site; none if there is no such client any more.
func (w Ways) partner(r *page.Request, clientID string) (Way, error) {
	if clientID == "" {
		return Way{}, nil
	}
	p, err := w.OIDC.GetPartner(r.Context(), &oidcv1.GetPartnerRequest{ClientId: clientID})
	if errs.Is(err, errorsv1.Reason_CLIENT_UNKNOWN) {
		return Way{}, nil
	}
	if err != nil {
		return Way{}, err
	}
	return there(r, p), nil
}

func there(r *page.Request, p *oidcv1.Partner) Way {
	return Way{Partner: Name(r, p), Host: p.GetHost(), URL: p.GetStartUrl()}
}

// Name is a partner's in the page's language.
func Name(r *page.Request, p *oidcv1.Partner) string { return p.GetNames()[r.Page.Words.Lang()] }

// NameOf is that of the partner whose sign-in it is.
func NameOf(r *page.Request, i *oidcv1.Interaction) string {
	return cmp.Or(Name(r, i.GetPartner()), i.GetClientNames()[r.Page.Words.Lang()])
}

// Held are the requests that wait for the signed-in person's level, newest first.
func (w Ways) Held(r *page.Request) ([]Held, error) {
	list, err := w.OIDC.ListHeldRequests(r.Context(), &oidcv1.ListHeldRequestsRequest{AccountId: r.AccountID()})
	if err != nil {
		return nil, err
	}
	out := make([]Held, 0, len(list.GetHeldRequests()))
	for _, h := range list.GetHeldRequests() {
		way, err := w.To(r, h.GetPartner())
		if err != nil {
			return nil, err
		}
		out = append(out, Held{
			ID: h.GetId(), Way: way, Required: h.GetRequiredLevel().String(), Reached: r.Level() >= h.GetRequiredLevel(),
			ExpireTime: h.GetExpireTime().AsTime(),
		})
	}
	return out, nil
}

// find is one of them by its id.
func find(all []Held, id string) (Held, bool) {
	i := slices.IndexFunc(all, func(h Held) bool { return h.ID == id })
	if i < 0 {
		return Held{}, false
	}
	return all[i], true
}

package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/secret"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// DemoClient is the demo partner's client at the authorization server.
const DemoClient = "demo"

// DemoScopes are what the demo partner may ask for beside openid.
func DemoScopes() []string {
	return []string{"profile", "email", "phone", "address", "snils", "id_doc"}
}

// DemoSecret is the demo partner's client secret: made once and stored.
func (a *App) DemoSecret(ctx context.Context) (secret.String, error) {
	return a.Store.KeepSecret(ctx, "demo client", secret.NewToken())
}

// RegisterDemo registers the demo partner's client, whose pages are at the site, with the authorization server.
func (a *App) RegisterDemo(ctx context.Context, site string) error {
	clientSecret, err := a.DemoSecret(ctx)
	if err != nil {
		return err
	}
	_, err = a.OIDC.ApplyClient(ctx, &oidcv1.ApplyClientRequest{
		Client: &oidcv1.Client{
			ClientId: DemoClient, Names: map[string]string{"ru": "Поликлиника на Садовой", "en": "Sadovaya Street Clinic"},
			Type: oidcv1.Client_CONFIDENTIAL, RedirectUris: []string{site + "/demo/callback"},
			PostLogoutRedirectUris: []string{site + "/demo"}, StartUrl: site + "/demo", VoluntaryClaims: []string{"email", "address"},
			Scopes: append([]string{"openid"}, DemoScopes()...), Purposes: demoPurposes(),
			Policy: &oidcv1.ClientPolicy{EssentialAcr: true},
		},
		Secrets: []*oidcv1.NewClientSecret{{Value: clientSecret.Reveal()}},
	})
	return err
}

func demoPurposes() map[string]string {
	return map[string]string{
		"profile.ru": "чтобы завести вашу медицинскую карту", "profile.en": "to open your medical record",
		"email.ru": "чтобы присылать результаты анализов", "email.en": "to send you test results",
		"phone.ru": "чтобы напомнить о приёме", "phone.en": "to remind you of an appointment",
		"address.ru": "чтобы врач мог прийти к вам домой", "address.en": "so that a doctor can visit you at home",
		"snils.ru": "чтобы найти ваш полис", "snils.en": "to find your insurance policy",
		"id_doc.ru": "чтобы заключить с вами договор", "id_doc.en": "to sign a contract with you",
	}
}

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

// RegisterDemo registers the demo partner's client, whose pages are at the public URL, with the authorization server.
func (a *App) RegisterDemo(ctx context.Context, publicURL string) error {
	clientSecret, err := a.DemoSecret(ctx)
	if err != nil {
		return err
	}
	_, err = a.OIDC.PutSandboxClient(ctx, &oidcv1.PutSandboxClientRequest{
		ClientId: DemoClient, Names: map[string]string{"ru": "Демо-партнёр", "en": "Demo partner"},
		ClientSecret: clientSecret.Reveal(), RedirectUris: []string{publicURL + "/demo/callback"},
		PostLogoutRedirectUris: []string{publicURL + "/demo"},
		Scopes:                 append([]string{"openid"}, DemoScopes()...), Purposes: demoPurposes(),
	})
	return err
}

func demoPurposes() map[string]string {
	return map[string]string{
		"profile.ru": "чтобы обращаться к вам по имени", "profile.en": "to call you by your name",
		"email.ru": "чтобы показать, как приходит почта", "email.en": "to show how an e-mail address arrives",
		"phone.ru": "чтобы показать, как приходит номер", "phone.en": "to show how a phone number arrives",
		"address.ru": "чтобы показать, как приходит адрес", "address.en": "to show how an address arrives",
		"snils.ru": "чтобы показать, как приходит СНИЛС", "snils.en": "to show how a SNILS arrives",
		"id_doc.ru": "чтобы показать, как приходят данные паспорта", "id_doc.en": "to show how passport data arrive",
	}
}

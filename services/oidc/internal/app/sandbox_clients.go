package app

import (
	"context"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// PutSandboxClients registers a sandbox's ready-made clients, for trying the platform from one's own machine without registering
// anything: a program on a loopback address, and a page on localhost.
func (a *App) PutSandboxClients(ctx context.Context) error {
	if !a.Sandbox {
		return nil
	}
	for _, c := range []domain.Client{
		{
			ID: "sandbox-app", Names: map[string]string{"ru": "Пробное приложение", "en": "Sandbox app"},
			RedirectURIs: []string{"http://127.0.0.1/callback"}, PostLogoutRedirectURIs: []string{"http://127.0.0.1/"},
		},
		{
			ID: "sandbox-page", Names: map[string]string{"ru": "Пробная страница", "en": "Sandbox page"},
			RedirectURIs: []string{"http://localhost/callback"}, PostLogoutRedirectURIs: []string{"http://localhost/"},
			LocalhostRedirects: true,
		},
	} {
		c.Type, c.Scopes, c.Purposes = domain.PublicClient, domain.Scopes(), sandboxPurposes()
		c.Policy.EssentialACR = true // who tries step-up here wants to see it
		if _, err := a.ApplyClient(ctx, ApplyCommand{Client: c}); err != nil {
			return err
		}
	}
	return nil
}

func sandboxPurposes() map[string]string {
	return map[string]string{
		"openid.ru": "чтобы узнавать вас, когда вы придёте снова", "openid.en": "to recognise you when you come again",
		"profile.ru": "чтобы обращаться к вам по имени", "profile.en": "to call you by your name",
		"email.ru": "чтобы писать вам", "email.en": "to write to you",
		"phone.ru": "чтобы звонить вам", "phone.en": "to call you",
		"address.ru": "чтобы посылать вам письма", "address.en": "to send you letters",
		"snils.ru": "чтобы найти вас в своих записях", "snils.en": "to find you in its records",
		"id_doc.ru": "чтобы заполнить за вас договор", "id_doc.en": "to fill in a contract for you",
		"offline_access.ru": "чтобы обновлять эти данные, когда вас нет на сайте",
		"offline_access.en": "to update these details while you are away",
	}
}

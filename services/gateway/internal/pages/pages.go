package pages

import (
	"log/slog"
	"net/http"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
)

// Pages serves the hosted pages.
type Pages struct {
	Registrations registrationv1.RegistrationServiceClient
	Accounts      accountv1.AccountServiceClient
	Profiles      profilev1.ProfileServiceClient
	Verifications verificationv1.VerificationServiceClient
	Confirmations confirmationv1.ConfirmationServiceClient
	Notifications notificationv1.NotificationServiceClient
	OIDC          oidcv1.OIDCServiceClient

	Sessions *session.Resolver
	Log      *slog.Logger
	Now      func() time.Time
	// PublicURL is the installation's origin; HTTPS makes cookies secure.
	PublicURL string
	HTTPS     bool
	// Sandbox shows the ribbon.
	Sandbox bool
}

// Handler routes the pages.
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, h := range map[string]handler{
		"/{$}":                       p.home,
		"/language":                  p.language,
		"/help/locked":               p.helpLocked,
		"/sign-up":                   p.signUp,
		"/sign-up/{id}/code":         p.signUpCode,
		"/sign-up/{id}/link":         p.signUpLink,
		"/sign-up/{id}/password":     p.signUpPassword,
		"/sign-in":                   p.signIn,
		"/sign-out":                  p.signOut,
		"/reauthenticate":            p.signedIn(p.reauthenticate),
		"/cabinet":                   p.signedIn(p.cabinet),
		"/cabinet/person":            p.signedIn(p.person),
		"/cabinet/verification/{id}": p.signedIn(p.verification),
		"/cabinet/letter":            p.signedIn(p.letter),
		"/cabinet/letter/code":       p.signedIn(p.letterCode),
		"/cabinet/confirmed":         p.signedIn(p.confirmed),
		"/interactions/{id}":         p.interaction,
		"/":                          p.notFound,
	} {
		mux.Handle("GET "+path, p.serve(h))
		if path != "/" {
			mux.Handle("POST "+path, p.serve(h))
		}
	}
	return mux
}

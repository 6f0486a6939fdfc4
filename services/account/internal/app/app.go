// Package app signs people in, creates their accounts and raises their levels.
package app

import (
	"time"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/picture"
	"github.com/propusk-id/propusk/services/account/internal/places"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// App has the use cases.
type App struct {
	Store     *store.Store
	Keys      *secret.Keys
	Answers   *idempotency.Store
	Policy    *password.Policy
	Hasher    *hashing.Hasher
	Throttle  domain.Throttle
	Lifetimes domain.Lifetimes
	// Factors are the kinds of second factors.
	Factors      factors.List
	FactorLimits domain.FactorLimits
	// SignInLife is how long a sign-in of several steps may take, RememberFor how long a device stands for a second factor.
	SignInLife, RememberFor time.Duration
	// OTP proves contacts, Notification tells those that go.
	OTP           otpv1.OTPServiceClient
	Notification  notificationv1.NotificationServiceClient
	ContactPolicy domain.ContactPolicy
	// RecoveryPolicy bounds the ways back into accounts.
	RecoveryPolicy domain.RecoveryPolicy
	// OIDC knows which partners an account was signed in to, Places where network addresses are.
	OIDC oidcv1.OIDCServiceClient
	// Profile knows who is of age.
	Profile     profilev1.ProfileServiceClient
	TrustPolicy domain.TrustPolicy
	Places      *places.Finder
	// Pictures makes accounts' pictures.
	Pictures *picture.Maker
	// RefusedSignIns counts tries with logins that are nobody's.
	RefusedSignIns *events.Tally
	Now            func() time.Time
}

// list is one of an account's lists, which are short and read whole.
func (a *App) list(name string) paging.List[string] {
	return paging.List[string]{Keys: a.Keys, Name: name}
}

package failure

import (
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// way is what helps after a refusal: a link.
type way struct{ text, url string }

// ways are what helps, the best first. Home is always one of them, and never the only one where something else helps.
func (m Refusal) ways() []way {
	home := way{"error.back", paths.Home}
	if m.SignedInName != "" || m.Owner != "" {
		home = way{"layout.to_cabinet", paths.Cabinet}
	}
	switch m.Reason {
	case errorsv1.Reason_INTERNAL, errorsv1.Reason_UNAVAILABLE, errorsv1.Reason_OVERLOADED, errorsv1.Reason_DEADLINE_EXCEEDED,
		errorsv1.Reason_RATE_LIMITED, errorsv1.Reason_CSRF_FAILED, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED,
		errorsv1.Reason_IDEMPOTENCY_KEY_INVALID, errorsv1.Reason_CANCELED:
		return []way{{"error.reload", m.Path}, home}
	case errorsv1.Reason_REGISTRATION_NOT_FOUND, errorsv1.Reason_REGISTRATION_EXPIRED, errorsv1.Reason_REGISTRATION_WRONG_STATE,
		errorsv1.Reason_COMPLETION_TOKEN_INVALID, errorsv1.Reason_LINK_INVALID, errorsv1.Reason_LINK_EXPIRED:
		return []way{{"error.sign_up_again", paths.SignUp}, {"layout.sign_in", paths.SignIn}}
	case errorsv1.Reason_LINK_USED:
		return []way{{"layout.sign_in", paths.SignIn}, {"error.sign_up_again", paths.SignUp}}
	case errorsv1.Reason_REGISTRATION_COMPLETED, errorsv1.Reason_UNAUTHENTICATED, errorsv1.Reason_SESSION_ENDED:
		return []way{{"layout.sign_in", paths.SignIn}, home}
	case errorsv1.Reason_LOGOUT_NOT_FOUND:
		return []way{{"layout.sign_out", paths.SignOut}, home}
	case errorsv1.Reason_VERIFICATION_NOT_FOUND:
		return []way{{"error.to_data", paths.Person}, home}
	case errorsv1.Reason_LETTER_NOT_FOUND:
		return []way{{"error.to_letter", paths.Letter}, home}
	default:
		return []way{home, {"error.help", paths.Help}}
	}
}

// over says that the partner's sign-in cannot be gone on with, whoever tries.
func (m Refusal) over() bool {
	return m.Reason == errorsv1.Reason_INTERACTION_NOT_FOUND || m.Reason == errorsv1.Reason_INTERACTION_DECIDED
}

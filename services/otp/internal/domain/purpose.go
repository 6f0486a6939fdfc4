package domain

import otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"

// Form is what a code looks like.
type Form int

const (
	// Typed is six digits.
	Typed Form = iota
	// Link is 256 bits in the address of a page.
	Link
)

// FormOf is what a code looks like by the channel. Only a sign-up, which its page continues, has links.
func FormOf(p otpv1.Purpose, c otpv1.Channel) Form {
	if p == otpv1.Purpose_REGISTRATION && c == otpv1.Channel_EMAIL {
		return Link
	}
	return Typed
}

// Reopens is the purpose whose lock a right code of this one opens (NIST SP 800-63B-4 §3.2.2: an authenticator that was disabled is
// bound again); unspecified: none.
func Reopens(p otpv1.Purpose) otpv1.Purpose {
	if p == otpv1.Purpose_FACTOR_BINDING {
		return otpv1.Purpose_SECOND_FACTOR
	}
	return otpv1.Purpose_PURPOSE_UNSPECIFIED
}

// protectsAccount says whether the codes are a lock on an account that its person can bind anew. Those that prove a contact are not, and
// people may have them sent to contacts of others, also those of a recovery and to trusted contacts: disabling would let a stranger keep a contact's owner
// from it for ever.
func protectsAccount(p otpv1.Purpose) bool {
	switch p {
	case otpv1.Purpose_REGISTRATION, otpv1.Purpose_CONTACT, otpv1.Purpose_CONTACT_CLAIM, otpv1.Purpose_RECOVERY,
		otpv1.Purpose_FACTOR_BINDING, otpv1.Purpose_TRUSTED_CONTACT:
		return false
	case otpv1.Purpose_PURPOSE_UNSPECIFIED, otpv1.Purpose_SECOND_FACTOR:
	}
	return true
}

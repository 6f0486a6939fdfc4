// Package passkey is the factor of a key in the person's device (WebAuthn), unlocked by a finger, a face or a PIN: two factors in
// one, bound to our address, so that no false page can ask for it.
package passkey

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
)

// Kind is a passkey.
type Kind struct {
	factors.Local

	rp *webauthn.WebAuthn
}

// New is for the pages at publicURL and for front ends at other origins under its host. The host is the relying party: a passkey
// works at no other.
func New(publicURL string, origins []string) (Kind, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return Kind{}, err
	}
	id := u.Hostname()
	if protocol.ValidateRPID(id) != nil {
		id = "localhost" // browsers know no passkeys for an address in numbers, and refuse whatever is said here
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: id, RPDisplayName: u.Host, RPOrigins: append([]string{publicURL}, origins...),
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	return Kind{rp: rp}, err
}

// Kind implements [factors.Kind].
func (Kind) Kind() domain.StepKind { return accountv1.StepKind_PASSKEY }

// holder is a person as the library wants one.
type holder struct {
	factors.Person

	credentials []webauthn.Credential
}

// WebAuthnID is what the passkey says whose it is: the account's id, in which nothing is personal.
func (h holder) WebAuthnID() []byte { return h.AccountID[:] }

// WebAuthnName is what the device calls the account.
func (h holder) WebAuthnName() string {
	for _, name := range []string{h.Email, h.Phone} {
		if name != "" {
			return name
		}
	}
	return h.AccountID.String()
}

// WebAuthnDisplayName is the same.
func (h holder) WebAuthnDisplayName() string { return h.WebAuthnName() }

// WebAuthnCredentials are the passkeys in question.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// Enrol says what the browser makes a passkey by: one that it finds without a login, on a device that does not have one yet.
func (k Kind) Enrol(_ context.Context, who factors.Person, f domain.Factor) (factors.Enrolled, error) {
	var present []protocol.CredentialDescriptor
	for _, bound := range who.Factors.Bound().Of(k.Kind()) {
		c, err := credential(bound)
		if err != nil {
			return factors.Enrolled{}, err
		}
		present = append(present, c.Descriptor())
	}
	creation, session, err := k.rp.BeginRegistration(holder{Person: who}, webauthn.WithExclusions(present))
	if err != nil {
		return factors.Enrolled{}, err
	}
	if f.Data, err = json.Marshal(session); err != nil {
		return factors.Enrolled{}, err
	}
	options, err := json.Marshal(creation.Response)
	return factors.Enrolled{Factor: f, Shown: factors.Shown{Options: options}}, err
}

// Activate reads what the browser made, and keeps its public key.
func (k Kind) Activate(f domain.Factor, p factors.Proof, _ time.Time) (domain.Factor, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(f.Data, &session); err != nil {
		return f, err
	}
	if err := given(p.Credential); err != nil {
		return f, err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(p.Credential)
	if err != nil {
		return f, domain.CredentialRefused(err)
	}
	c, err := k.rp.CreateCredential(holder{Person: factors.Person{AccountID: f.AccountID}}, session, answer)
	if err != nil {
		return f, domain.CredentialRefused(err)
	}
	return withCredential(f, *c)
}

// Challenge is random.
func (Kind) Challenge() ([]byte, error) {
	c, err := protocol.CreateChallenge()
	return c, err
}

// Show says what the browser asks for a passkey by. It names none: who has which is nobody's business before one is shown.
func (k Kind) Show(_ factors.Person, challenge []byte) (factors.Shown, error) {
	assertion, _, err := k.rp.BeginDiscoverableLogin(webauthn.WithChallenge(challenge))
	if err != nil {
		return factors.Shown{}, err
	}
	options, err := json.Marshal(assertion.Response)
	return factors.Shown{Options: options}, err
}

// Lookup is the hash of the credential's id.
func (Kind) Lookup(p factors.Proof) ([]byte, error) {
	if err := given(p.Credential); err != nil {
		return nil, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(p.Credential)
	if err != nil {
		return nil, domain.CredentialRefused(err)
	}
	return lookup(answer.RawID), nil
}

func given(credential []byte) error {
	var missing errs.Fields
	if len(credential) == 0 {
		missing.Add("credential", errorsv1.Reason_FIELD_REQUIRED)
	}
	return missing.Err()
}

var errClone = errors.New("the signature counter went back: there may be a copy of the key")

// Check verifies the signature over the challenge, the origin, and that the person unlocked the key.
func (k Kind) Check(_ context.Context, _ factors.Tx, f domain.Factor, p factors.Proof, _ time.Time) (factors.Checked, error) {
	answer, err := protocol.ParseCredentialRequestResponseBytes(p.Credential)
	if err != nil {
		return factors.Checked{}, domain.CredentialRefused(err)
	}
	stored, err := credential(f)
	if err != nil {
		return factors.Checked{}, err
	}
	find := func(_, userHandle []byte) (webauthn.User, error) {
		account, err := uuid.FromBytes(userHandle)
		return holder{Person: factors.Person{AccountID: account}, credentials: []webauthn.Credential{stored}}, err
	}
	if handle, err := uuid.FromBytes(answer.Response.UserHandle); err != nil || handle != f.AccountID {
		return factors.Checked{}, domain.CredentialRefused(err)
	}
	used, err := k.rp.ValidateDiscoverableLogin(find, webauthn.SessionData{
		Challenge: base64.RawURLEncoding.EncodeToString(p.Challenge), RelyingPartyID: k.rp.Config.RPID,
		UserVerification: protocol.VerificationRequired,
	}, answer)
	switch {
	case err != nil:
		return factors.Checked{}, domain.CredentialRefused(err)
	case used.Authenticator.CloneWarning:
		return factors.Checked{}, domain.CredentialRefused(errClone)
	}
	next, err := withCredential(f, *used)
	return factors.Checked{Factor: next, Synced: used.Flags.BackupEligible}, err
}

func credential(f domain.Factor) (webauthn.Credential, error) {
	var c webauthn.Credential
	err := json.Unmarshal(f.Data, &c)
	return c, err
}

// withCredential keeps a credential without its attestation, which we asked for none of.
func withCredential(f domain.Factor, c webauthn.Credential) (domain.Factor, error) {
	c.Attestation = webauthn.CredentialAttestation{}
	var err error
	f.Data, err = json.Marshal(c)
	f.Lookup = lookup(c.ID)
	return f, err
}

func lookup(credentialID []byte) []byte { return secret.HashToken(string(credentialID)) }

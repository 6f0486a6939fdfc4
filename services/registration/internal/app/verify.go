package app

import (
	"context"
	"encoding/base64"

	"github.com/propusk-id/propusk/pkg/secret"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// VerifyCommand is the proof of the contact: the code of an SMS, or the token of an e-mail's link.
type VerifyCommand struct{ RegistrationID, Code, Token string }

// Verified is the right to set the password, of the sign-up whose contact was proven.
type Verified struct {
	domain.Registration
	CompletionToken secret.String
}

// Verify has otp check the proof and makes the completion token. After a crash in between, otp knows the repeated attempt
// and says once more that the proof was right; after everything, the repeated request makes the same token.
func (a *App) Verify(ctx context.Context, cmd VerifyCommand) (Verified, error) {
	r, err := a.Store.Get(ctx, cmd.RegistrationID)
	if err != nil {
		return Verified{}, err
	}
	if r.ProofMAC == nil {
		err = r.CheckIn(registrationv1.State_CODE_SENT, a.Now())
	}
	if err != nil {
		return Verified{}, err
	}
	proof, err := r.Proof(cmd.Code, cmd.Token)
	if err != nil {
		return Verified{}, err
	}
	if r.ProofMAC != nil {
		return a.verifiedBefore(ctx, r.ID, proof)
	}
	if err := a.prove(ctx, r, proof); err != nil {
		return Verified{}, err
	}
	out := a.verified(ctx, r, proof)
	hash := secret.HashToken(out.CompletionToken.Reveal())
	first, err := a.Store.SetVerified(ctx, r.ID, hash, a.proofMAC(ctx, r.ID, proof), a.Now())
	if err == nil && !first {
		return a.verifiedBefore(ctx, r.ID, proof)
	}
	return out, err
}

// proofMAC names the request that presents a proof, which is part of the name: nil without a key.
func (a *App) proofMAC(ctx context.Context, id, proof string) []byte {
	return a.requestMAC(ctx, "proof", id, proof)
}

// verified is the right to set the password: of the request, if that can be repeated.
func (a *App) verified(ctx context.Context, r domain.Registration, proof string) Verified {
	mac := a.requestMAC(ctx, "completion token", r.ID, proof)
	if mac == nil {
		return Verified{Registration: r, CompletionToken: secret.NewToken()}
	}
	return Verified{Registration: r, CompletionToken: secret.New(base64.RawURLEncoding.EncodeToString(mac))}
}

// verifiedBefore answers a request that comes again after the contact was proven. It must present the proof once more, and
// what is not the proof is counted: a key is no way around the limits on guessing.
func (a *App) verifiedBefore(ctx context.Context, id, proof string) (Verified, error) {
	var refusal error
	var r domain.Registration
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if r, err = tx.Lock(ctx, id); err != nil {
			return err
		}
		refusal = r.ProvenBefore()
		if r.StateAt(a.Now()) == registrationv1.State_EXPIRED {
			return r.CheckIn(registrationv1.State_CODE_SENT, a.Now())
		}
		same, counts := r.Repeats(a.proofMAC(ctx, id, proof))
		if same && r.StateAt(a.Now()) == registrationv1.State_CONTACT_VERIFIED { // else the token is spent
			refusal = nil
		}
		if counts {
			return tx.CountWrongProof(ctx, id)
		}
		return nil
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return Verified{}, err
	}
	return a.verified(ctx, r, proof), nil
}

func (a *App) prove(ctx context.Context, r domain.Registration, proof string) error {
	_, err := a.OTP.VerifyCode(ctx, &otpv1.VerifyCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: r.ID, Channel: channelOf(r), Destination: r.Destination(), Code: proof,
		AttemptId: a.callID(ctx, "attempt", proof),
	})
	if r.Channel == registrationv1.Channel_EMAIL {
		err = r.LinkRefusal(err, a.Now())
	}
	return err
}

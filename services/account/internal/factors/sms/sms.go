// Package sms is the second factor of a code sent to the account's proven phone. Its codes, their limits and failures are otp's.
package sms

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
)

// Kind is a code by SMS.
type Kind struct {
	OTP otpv1.OTPServiceClient
}

// Kind implements [factors.Kind].
func (Kind) Kind() domain.StepKind { return accountv1.StepKind_SMS_CODE }

// Enrol sends the first code, to the phone that the account has.
func (k Kind) Enrol(ctx context.Context, who factors.Person, f domain.Factor) (factors.Enrolled, error) {
	if who.Phone == "" {
		return factors.Enrolled{}, errs.New(errorsv1.Reason_CONTACT_MISSING, "the account has no proven phone")
	}
	sent, err := k.send(ctx, otpv1.Purpose_FACTOR_BINDING, who, f.ID.String(), f.ID.String())
	if err != nil {
		return factors.Enrolled{}, err
	}
	shown, err := k.Show(who, nil)
	shown.CodeExpireTime = sent.ExpireTime
	return factors.Enrolled{Factor: f, Shown: shown}, err
}

// Activate has nothing left to judge: see [Kind.Ask].
func (Kind) Activate(f domain.Factor, _ factors.Proof, _ time.Time) (domain.Factor, error) {
	return f, nil
}

// Unbound is the proven phone, which the account has anyway.
func (k Kind) Unbound(account uuid.UUID) (domain.Factor, bool) {
	return domain.Factor{AccountID: account, Kind: k.Kind()}, true
}

// Challenge is none.
func (Kind) Challenge() ([]byte, error) { return nil, nil }

// Show says where codes go.
func (Kind) Show(who factors.Person, _ []byte) (factors.Shown, error) {
	return factors.Shown{Destination: identifiers.Phone(who.Phone).Masked()}, nil
}

// Send has otp send a code.
func (k Kind) Send(ctx context.Context, who factors.Person, flowID, sendID string) (factors.Sent, error) {
	if who.Phone == "" {
		return factors.Sent{}, domain.StepNotOpen()
	}
	return k.send(ctx, otpv1.Purpose_SECOND_FACTOR, who, flowID, sendID)
}

func (k Kind) send(ctx context.Context, purpose otpv1.Purpose, who factors.Person, flowID, sendID string) (factors.Sent, error) {
	sent, err := k.OTP.IssueCode(ctx, &otpv1.IssueCodeRequest{
		Purpose: purpose, FlowId: flowID, Channel: otpv1.Channel_SMS, Destination: who.Phone, SendId: sendID,
	})
	if err != nil {
		return factors.Sent{}, err
	}
	return factors.Sent{ResendTime: sent.GetResendTime().AsTime(), ExpireTime: sent.GetExpireTime().AsTime()}, nil
}

// Ask has otp judge the code. It is spent with that; the same guess again gets the same answer.
func (k Kind) Ask(ctx context.Context, p factors.Proof) error {
	if p.Person.Phone == "" {
		return domain.StepNotOpen()
	}
	purpose := otpv1.Purpose_SECOND_FACTOR
	if p.Binding {
		purpose = otpv1.Purpose_FACTOR_BINDING
	}
	_, err := k.OTP.VerifyCode(ctx, &otpv1.VerifyCodeRequest{
		Purpose: purpose, FlowId: p.FlowID, Channel: otpv1.Channel_SMS, Destination: p.Person.Phone,
		Code: p.Code, AttemptId: p.AttemptID,
	})
	return err
}

// Lookup is none.
func (Kind) Lookup(factors.Proof) ([]byte, error) { return nil, nil }

// Check has nothing left to judge: see [Kind.Ask].
func (Kind) Check(_ context.Context, _ factors.Tx, f domain.Factor, _ factors.Proof, _ time.Time) (factors.Checked, error) {
	return factors.Checked{Factor: f}, nil
}

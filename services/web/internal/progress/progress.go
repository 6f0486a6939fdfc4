// Package progress is how far the signed-in person is on the way to a confirmed account: his latest check against the
// registries and his latest letter.
package progress

import (
	"cmp"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// LatestVerification is the latest check; nil when there was none.
func LatestVerification(
	r *page.Request, verifications verificationv1.VerificationServiceClient,
) (*verificationv1.Verification, error) {
	list, err := verifications.ListVerifications(r.Context(), &verificationv1.ListVerificationsRequest{AccountId: r.AccountID()})
	if err != nil || len(list.GetVerifications()) == 0 {
		return nil, err
	}
	return list.GetVerifications()[0], nil
}

// Submit has the registries asked and leads to the page that waits for them, also when another tab has submitted before;
// false: it was refused, which the page says.
func Submit(r *page.Request, verifications verificationv1.VerificationServiceClient) (bool, error) {
	started, err := verifications.CreateVerification(r.Context(), &verificationv1.CreateVerificationRequest{AccountId: r.AccountID()})
	if err == nil {
		r.Redirect(paths.Verification(started.GetId()))
		return true, nil
	}
	if errs.Is(err, errorsv1.Reason_VERIFICATION_PENDING) || errs.Is(err, errorsv1.Reason_ALREADY_VERIFIED) {
		latest, latestErr := LatestVerification(r, verifications)
		if latestErr != nil || latest == nil {
			return false, cmp.Or(latestErr, err)
		}
		r.Redirect(paths.Verification(latest.GetId()))
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

// LatestLetter is the latest order; nil when there was none.
func LatestLetter(
	r *page.Request, confirmations confirmationv1.ConfirmationServiceClient,
) (*confirmationv1.LetterOrder, error) {
	list, err := confirmations.ListLetterOrders(r.Context(), &confirmationv1.ListLetterOrdersRequest{AccountId: r.AccountID()})
	if err != nil || len(list.GetLetterOrders()) == 0 {
		return nil, err
	}
	return list.GetLetterOrders()[0], nil
}

// LetterUsable says whether a letter's code may still be typed in.
func LetterUsable(l *confirmationv1.LetterOrder) bool {
	switch l.GetState() {
	case confirmationv1.LetterState_LETTER_STATE_UNSPECIFIED, confirmationv1.LetterState_RETURNED,
		confirmationv1.LetterState_VOIDED, confirmationv1.LetterState_REDEEMED, confirmationv1.LetterState_LETTER_EXPIRED:
		return false
	case confirmationv1.LetterState_CREATED, confirmationv1.LetterState_PRINTED, confirmationv1.LetterState_HANDED_OVER,
		confirmationv1.LetterState_IN_TRANSIT, confirmationv1.LetterState_AT_OFFICE, confirmationv1.LetterState_DELIVERED:
		return true
	}
	return false
}

// Time is a timestamp's instant; the zero time when there is none.
func Time(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

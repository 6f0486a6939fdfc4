package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// metDevice makes room for a device that was not known before, and has the person told unless it is the account's first.
func (a *App) metDevice(ctx context.Context, tx *store.Tx, state domain.DeviceState, s domain.Session) error {
	if err := tx.ForgetOldDevices(ctx, s.AccountID); err != nil || !state.IsNew() {
		return err
	}
	sent, err := tx.CountSignInNotices(ctx, s.AccountID, s.AuthTime.Add(-24*time.Hour))
	if err != nil || sent >= domain.NoticesPerDay {
		return err
	}
	n := domain.SignInNotice{
		ID: s.ID, AccountID: s.AccountID, CreateTime: s.AuthTime, ExpireTime: s.AuthTime.Add(domain.NoticeLife),
	}
	if err := tx.InsertSignInNotice(ctx, n, a.stopHash(disown, n.ID)); err != nil {
		return err
	}
	return tx.Enqueue(ctx, TellNewDeviceJob{NoticeID: n.ID}, nil)
}

// TellNewDevice tells every contact of an account of a sign-in on a new device, with a link that disowns it.
func (a *App) TellNewDevice(ctx context.Context, id uuid.UUID) error {
	n, found, err := a.Store.SignInNotice(ctx, id)
	if err != nil || !found || !n.UseTime.IsZero() {
		return err
	}
	account, err := a.Store.Account(ctx, n.AccountID)
	if err != nil {
		return err
	}
	params, err := a.noticeParams(ctx, n, account.Language)
	if err != nil {
		return err
	}
	contacts, err := a.Store.OwnContacts(ctx, n.AccountID)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		_, err := a.Notification.SendMessage(ctx, &notificationv1.SendMessageRequest{
			IdempotencyKey: "new_device/" + id.String() + "/" + c.ID.String(), Channel: channelOf(c.Kind), Destination: c.Value,
			Language: account.Language, Template: "new_device", Params: params, ExpireTime: timestamppb.New(n.ExpireTime),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// noticeParams are what a message says of the sign-in. A session that was renewed since tells the same.
func (a *App) noticeParams(ctx context.Context, n domain.SignInNotice, language string) (map[string]string, error) {
	seen, err := a.Store.SeenIn(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	device := []string{seen.Words(), a.Places.Place(seen.Address, language)}
	device = slices.DeleteFunc(device, func(s string) bool { return s == "" })
	at := n.CreateTime.In(identifiers.Moscow())
	return map[string]string{
		"token": a.stopToken(disown, n.ID), "device": strings.Join(device, ", "), "day": at.Format(time.DateOnly),
		"clock": at.Format("15:04"),
	}, nil
}

// Partner is a partner that the account was signed in to.
type Partner struct {
	Names map[string]string
	Host  string
	// Time is when it was signed in to, ReleaseTime when it got the claims; zero: not since.
	Time, ReleaseTime time.Time
	Claims            []string
}

// Disown takes the word of who has a notice's link that somebody else signed in: every session ends, no device is remembered, and
// nobody signs in before a recovery. It does so once: the same link afterwards, when the account may have been recovered, only
// shows the partners again.
func (a *App) Disown(ctx context.Context, token string, endOffline bool) ([]Partner, error) {
	n, err := a.Store.SignInNoticeOf(ctx, token, a.Now())
	if err != nil {
		return nil, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := a.Now()
		if first, err := tx.UseSignInNotice(ctx, n.ID, now); err != nil || !first {
			return err
		}
		return a.closeAccount(ctx, tx, n, endOffline, now)
	})
	if err != nil {
		return nil, err
	}
	return a.partnersSince(ctx, n)
}

// closeAccount shuts everybody out. The locks are taken in the order in which a sign-in takes them, and keep those under way from
// ending in a session afterwards.
func (a *App) closeAccount(ctx context.Context, tx *store.Tx, n domain.SignInNotice, endOffline bool, now time.Time) error {
	if err := tx.DistrustDevices(ctx, n.AccountID); err != nil {
		return err
	}
	if _, err := tx.LockAccountAlone(ctx, n.AccountID); err != nil {
		return err
	}
	if err := tx.DistrustDevices(ctx, n.AccountID); err != nil { // those that were met while this waited for the lock
		return err
	}
	if err := tx.CloseSignIn(ctx, n.AccountID, now); err != nil {
		return err
	}
	if err := a.undoSince(ctx, tx, n.AccountID, n.CreateTime, now); err != nil {
		return err
	}
	ended, err := endSessions(ctx, tx, n.AccountID, uuid.Nil, now)
	if err != nil {
		return err
	}
	account := n.AccountID.String()
	if endOffline {
		if err := tx.Emit(ctx, account, offlineAccessEnded(n.AccountID, ended)); err != nil {
			return err
		}
	}
	return tx.Emit(ctx, account, &eventsv1.SignInLocked{AccountId: account, SessionId: n.ID.String()})
}

func offlineAccessEnded(account uuid.UUID, sessions []uuid.UUID) *eventsv1.OfflineAccessEnded {
	e := &eventsv1.OfflineAccessEnded{AccountId: account.String()}
	for _, id := range sessions {
		e.SessionIds = append(e.SessionIds, id.String())
	}
	return e
}

// when is zero for an instant that there is none of.
func when(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

func (a *App) partnersSince(ctx context.Context, n domain.SignInNotice) ([]Partner, error) {
	r := &oidcv1.ListPartnerSignInsRequest{AccountId: n.AccountID.String(), SinceTime: timestamppb.New(n.CreateTime)}
	if !n.UseTime.IsZero() { // afterwards it was the account's person again
		r.UntilTime = timestamppb.New(n.UseTime)
	}
	list, err := a.OIDC.ListPartnerSignIns(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []Partner
	for _, s := range list.GetSignIns() {
		if !n.UseTime.IsZero() && s.GetTime().AsTime().After(n.UseTime) { // a version before knows no end of the time
			continue
		}
		out = append(out, Partner{
			Names: s.GetPartner().GetNames(), Host: s.GetPartner().GetHost(), Time: when(s.GetTime()), Claims: s.GetClaims(),
			ReleaseTime: when(s.GetReleaseTime()),
		})
	}
	return out, nil
}

package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Devices is the contract of sessions and devices.
type Devices struct {
	accountv1.UnimplementedDeviceServiceServer
	app *app.App
}

// ListSessions shows where the account is signed in to.
func (s *Devices) ListSessions(ctx context.Context, r *accountv1.ListSessionsRequest) (*accountv1.ListSessionsResponse, error) {
	account, current, err := ids(r)
	if err != nil {
		return nil, err
	}
	page, next, err := s.app.ListSessions(ctx, account, current, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &accountv1.ListSessionsResponse{NextPageToken: next}
	for _, o := range page {
		out.Sessions = append(out.Sessions, s.openSession(ctx, o, current))
	}
	return out, nil
}

func (s *Devices) openSession(ctx context.Context, o domain.OpenSession, current uuid.UUID) *accountv1.OpenSession {
	out := &accountv1.OpenSession{
		Id: o.ID.String(), Current: o.ID == current, Surface: o.Surface, DeviceName: o.DeviceName, Agent: o.Seen.Words(),
		Place: s.place(ctx, o.Seen), CreateTime: timestamppb.New(o.CreateTime), LastUseTime: timestamppb.New(o.LastUseTime),
		Amr: o.AMR, Assurance: o.Steps.Assurance(),
	}
	if o.DeviceID != uuid.Nil {
		out.DeviceId = o.DeviceID.String()
	}
	return out
}

func (s *Devices) place(ctx context.Context, seen domain.Seen) string {
	return s.app.Places.Place(seen.Address, rpc.RequestOf(ctx).Language)
}

// EndSession ends one.
func (s *Devices) EndSession(ctx context.Context, r *accountv1.EndSessionRequest) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetSessionId())
	if err != nil {
		return nil, domain.NoSession()
	}
	return &emptypb.Empty{}, s.app.EndSession(ctx, account, id)
}

// EndOtherSessions ends all but the caller's.
func (s *Devices) EndOtherSessions(ctx context.Context, r *accountv1.EndOtherSessionsRequest) (*emptypb.Empty, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	account, current, err := ids(r)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.EndOtherSessions(ctx, account, current)
}

// ListDevices shows the account's devices.
func (s *Devices) ListDevices(ctx context.Context, r *accountv1.ListDevicesRequest) (*accountv1.ListDevicesResponse, error) {
	account, session, err := ids(r)
	if err != nil {
		return nil, err
	}
	page, next, err := s.app.ListDevices(ctx, account, session, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &accountv1.ListDevicesResponse{NextPageToken: next}
	for _, d := range page {
		out.Devices = append(out.Devices, s.device(ctx, d))
	}
	return out, nil
}

func (s *Devices) device(ctx context.Context, d app.DeviceShown) *accountv1.Device {
	out := &accountv1.Device{
		Id: d.ID.String(), Name: d.Name, Agent: d.Seen.Words(), Place: s.place(ctx, d.Seen), Current: d.Current,
		Trusted: d.Trusted, Forbidden: d.Forbidden(), CreateTime: timestamppb.New(d.CreateTime),
		LastUseTime: timestamppb.New(d.LastUseTime),
	}
	if d.Trusted {
		out.TrustExpireTime = timestamp(d.TrustedUntil)
	}
	return out
}

// UpdateDevice changes what the person has said of a device.
func (s *Devices) UpdateDevice(ctx context.Context, r *accountv1.UpdateDeviceRequest) (*accountv1.Device, error) {
	account, session, err := ids(r)
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetDeviceId())
	if err != nil {
		return nil, domain.NoDevice()
	}
	d, err := s.app.UpdateDevice(ctx, app.UpdateDeviceCommand{
		AccountID: account, SessionID: session, DeviceID: id, Name: r.Name, Trusted: r.Trusted, Forbidden: r.Forbidden,
	})
	if err != nil {
		return nil, err
	}
	return s.device(ctx, d), nil
}

// DeleteDevice forgets a device.
func (s *Devices) DeleteDevice(ctx context.Context, r *accountv1.DeleteDeviceRequest) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetDeviceId())
	if err != nil {
		return nil, domain.NoDevice()
	}
	return &emptypb.Empty{}, s.app.DeleteDevice(ctx, account, id)
}

// DisownSignIn says that it was somebody else.
func (s *Devices) DisownSignIn(ctx context.Context, r *accountv1.DisownSignInRequest) (*accountv1.DisownSignInResponse, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	partners, err := s.app.Disown(ctx, r.GetToken(), r.GetEndOfflineAccess())
	if err != nil {
		return nil, err
	}
	out := &accountv1.DisownSignInResponse{}
	for _, p := range partners {
		out.Partners = append(out.Partners, &accountv1.PartnerSignIn{
			Name: p.Names[rpc.RequestOf(ctx).Language], Host: p.Host, Time: timestamp(p.Time), Claims: p.Claims,
			ReleaseTime: timestamp(p.ReleaseTime),
		})
	}
	return out, nil
}

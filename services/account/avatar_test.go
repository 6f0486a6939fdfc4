package account_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func drawn(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAvatar(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	avatars := accountv1.NewAvatarServiceClient(w.Dial("gateway", "account"))
	get := func(ctx context.Context) (*accountv1.Avatar, error) {
		return avatars.GetAvatar(ctx, &accountv1.GetAvatarRequest{AccountId: h.id})
	}
	_, err := get(h.request())
	wantReason(t, err, errorsv1.Reason_AVATAR_NOT_SET)
	set, err := avatars.SetAvatar(h.request(), &accountv1.SetAvatarRequest{AccountId: h.id, Image: drawn(t)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = avatars.SetAvatar(h.request(), &accountv1.SetAvatarRequest{AccountId: h.id, Image: []byte("GIF89a")})
	if e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED); len(e.Fields) != 1 || e.Fields[0].Name != "image" ||
		e.Fields[0].Reason != errorsv1.Reason_IMAGE_FORMAT_UNKNOWN {
		t.Errorf("%v", e.Fields)
	}
	got, err := get(h.request())
	if err != nil || got.GetContentType() != "image/jpeg" || !bytes.Equal(got.GetImage(), set.GetImage()) {
		t.Fatalf("%s of %d bytes: %v", got.GetContentType(), len(got.GetImage()), err)
	}
	w.wantAvatarSealed()

	other := w.holder("+79007654321")
	_, err = get(other.request())
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	_, err = avatars.SetAvatar(other.request(), &accountv1.SetAvatarRequest{AccountId: h.id, Image: drawn(t)})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	_, err = avatars.DeleteAvatar(other.request(), &accountv1.DeleteAvatarRequest{AccountId: h.id})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)

	if _, err = avatars.DeleteAvatar(h.request(), &accountv1.DeleteAvatarRequest{AccountId: h.id}); err != nil {
		t.Fatal(err)
	}
	_, err = avatars.DeleteAvatar(h.request(), &accountv1.DeleteAvatarRequest{AccountId: h.id})
	wantReason(t, err, errorsv1.Reason_AVATAR_NOT_SET)
}

// wantAvatarSealed: the table holds no picture that can be seen.
func (w *world) wantAvatarSealed() {
	w.t.Helper()
	var sealed []byte
	if err := w.Pool().QueryRow(w.ctx, "SELECT sealed FROM account.avatars").Scan(&sealed); err != nil {
		w.t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte{0xff, 0xd8, 0xff}) {
		w.t.Error("the picture lies open in the table")
	}
}

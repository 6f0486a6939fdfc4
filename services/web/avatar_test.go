package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// avatars keeps one person's picture as it came.
type avatars struct {
	accountv1.UnimplementedAvatarServiceServer
	notificationv1.UnimplementedNotificationServiceServer

	mu    sync.Mutex
	image []byte
}

func (a *avatars) GetAvatar(context.Context, *accountv1.GetAvatarRequest) (*accountv1.Avatar, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.image == nil {
		return nil, errs.New(errorsv1.Reason_AVATAR_NOT_SET, "none")
	}
	return &accountv1.Avatar{Image: a.image, ContentType: "image/jpeg"}, nil
}

func (a *avatars) SetAvatar(_ context.Context, r *accountv1.SetAvatarRequest) (*accountv1.Avatar, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch image := r.GetImage(); {
	case len(image) == 0:
		return nil, errs.Fields{{Name: "image", Reason: errorsv1.Reason_FIELD_REQUIRED}}.Err()
	case len(image) > 2<<20:
		return nil, errs.Fields{{Name: "image", Reason: errorsv1.Reason_IMAGE_TOO_LARGE, Max: 2 << 20}}.Err()
	default:
		a.image = image
		return &accountv1.Avatar{Image: image}, nil
	}
}

func (a *avatars) DeleteAvatar(context.Context, *accountv1.DeleteAvatarRequest) (*emptypb.Empty, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.image = nil
	return &emptypb.Empty{}, nil
}

func (a *avatars) ListNotifications(
	context.Context, *notificationv1.ListNotificationsRequest,
) (*notificationv1.ListNotificationsResponse, error) {
	return &notificationv1.ListNotificationsResponse{}, nil
}

const avatarPath = "/cabinet/security/avatar"

// upload sends the form with a file.
func (s *site) upload(c *http.Client, token string, file []byte) answer {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("image", "me.png")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.WriteField("csrf_token", token)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.url+avatarPath, &body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return s.do(c, req)
}

func TestAnAvatarIsChosenOnPages(t *testing.T) {
	a := &avatars{}
	person := &citizen{level: accountv1.Level_SIMPLIFIED, orders: map[string]int{}, person: &profilev1.Person{LastName: "Петрова", FirstName: "Анна"}}
	s := startWith(t, nil,
		testkit.FakeAll("account", map[*grpc.ServiceDesc]any{
			&accountv1.AccountService_ServiceDesc: person, &accountv1.AvatarService_ServiceDesc: a,
		}),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, person),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc, a))
	person.now = func() *timestamppb.Timestamp { return timestamppb.New(s.Clock.Now()) }
	c := s.signedIn()
	first := s.open(c, avatarPath)
	if strings.Contains(first.body, "<img class=\"avatar\"") || s.get(c, avatarPath+"/image").StatusCode != http.StatusNotFound {
		t.Error("there is a picture before one was chosen")
	}
	send := func(file []byte) answer {
		t.Helper()
		return s.open(c, s.upload(c, first.csrf(t), file).Header.Get("Location"))
	}
	s.wants(send(nil), "Выберите файл", "image-error")
	s.wants(send(make([]byte, 5<<20)), "Выберите файл до", "image-error")
	if forged := s.upload(c, "another", []byte("forged")); forged.StatusCode == http.StatusSeeOther && strings.Contains(forged.Header.Get("Location"), "saved") {
		t.Error("a forged form was taken")
	}
	s.wants(send([]byte("a picture")), "Фото сохранено", `src="/cabinet/security/avatar/image"`)
	image := s.get(c, avatarPath+"/image")
	if image.body != "a picture" || image.Header.Get("Content-Type") != "image/jpeg" || image.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%q, %v", image.body, image.Header)
	}
	if got := s.get(s.browser(), avatarPath+"/image"); !strings.HasPrefix(got.Header.Get("Location"), "/sign-in") {
		t.Errorf("who is not signed in gets %d", got.StatusCode)
	}
	s.wants(s.submit(c, avatarPath, map[string][]string{"action": {"remove"}}), "Фото убрано")
}

package password_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/password"
)

func policy(t testing.TB, preset string) *password.Policy {
	t.Helper()
	p, err := password.New(preset)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGUPreset(t *testing.T) {
	p := policy(t, "gu")
	about := []string{"Иванов", "Пётр", "+79001234567", "petr.ivanov@example.ru"}
	long := strings.Repeat("Ab1!", 32)
	for _, c := range []struct {
		password string
		want     []errs.Reason
	}{
		{"Wq7!mZ-2", nil},
		{"Wq7!mZ-", []errs.Reason{errorsv1.Reason_PASSWORD_TOO_SHORT}},
		{long, nil},
		{long[:64], nil},
		{long[:65], nil},
		{long + "x", []errs.Reason{errorsv1.Reason_PASSWORD_TOO_LONG}},
		{"wq7!mz-2", []errs.Reason{errorsv1.Reason_PASSWORD_NEEDS_UPPER}},
		{"WQ7!MZ-2", []errs.Reason{errorsv1.Reason_PASSWORD_NEEDS_LOWER}},
		{"Wqx!mZ-y", []errs.Reason{errorsv1.Reason_PASSWORD_NEEDS_DIGIT}},
		{"Wq7xmZy2", []errs.Reason{errorsv1.Reason_PASSWORD_NEEDS_PUNCTUATION}},
		{"Wqq7!mZ-2", []errs.Reason{errorsv1.Reason_PASSWORD_REPEATS}},
		{"Wq7!mZ-2ж", []errs.Reason{errorsv1.Reason_PASSWORD_NOT_LATIN}},
		{"Wq7!mZ-2é", []errs.Reason{errorsv1.Reason_PASSWORD_NOT_LATIN}},
		{"Wq7!mZ-2e\u0301", []errs.Reason{errorsv1.Reason_PASSWORD_NOT_LATIN}},
		{"Wq7!mZ-2*", []errs.Reason{errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER}},
		{"Wq7!mZ-2#", []errs.Reason{errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER}},
		{"Wq7! mZ-2", []errs.Reason{errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER}},
		{"Wq7!mZ-2☺", []errs.Reason{errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER}},
		{"Qwerty12!", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"Gfhjkm12!", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"K.,jdm12!", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"Privet12!", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"P@sv0zd1!", nil},
		{"P@s5w0rd1!", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"Esia2026!", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"My-Gosuslugi-1", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"My-Ujceckeub-1", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"Qwerty-and-7-more", nil},
		{"Dr.Ivanov-7", []errs.Reason{errorsv1.Reason_PASSWORD_PERSONAL}},
		{"Dr.Bdfyjd-7", []errs.Reason{errorsv1.Reason_PASSWORD_PERSONAL}},
		{"Tel:4567-901x", nil},
		{"Tel:90-01-23-45", []errs.Reason{errorsv1.Reason_PASSWORD_PERSONAL}},
		{"*", []errs.Reason{
			errorsv1.Reason_PASSWORD_TOO_SHORT, errorsv1.Reason_PASSWORD_NEEDS_UPPER, errorsv1.Reason_PASSWORD_NEEDS_LOWER,
			errorsv1.Reason_PASSWORD_NEEDS_DIGIT, errorsv1.Reason_PASSWORD_NEEDS_PUNCTUATION,
			errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER,
		}},
	} {
		if got := p.Violations(c.password, about); !slices.Equal(got, c.want) {
			t.Errorf("%s breaks %v, want %v", c.password, got, c.want)
		}
	}
}

func TestEveryMarkOfTheListIsAccepted(t *testing.T) {
	p := policy(t, "gu")
	for _, mark := range p.Punctuation() {
		if got := p.Violations("Wq7mZ2kV"+string(mark), nil); len(got) != 0 {
			t.Errorf("%c breaks %v", mark, got)
		}
	}
}

func TestNISTPreset(t *testing.T) {
	p := policy(t, "nist")
	for _, c := range []struct {
		password string
		want     []errs.Reason
	}{
		{"одинокий жёлтый", nil},
		{"одинокий желты", []errs.Reason{errorsv1.Reason_PASSWORD_TOO_SHORT}},
		{"aabbccdd eeff * # ☺", nil},
		{"password123456789", []errs.Reason{errorsv1.Reason_PASSWORD_COMMON}},
		{"one\x00two three four", []errs.Reason{errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER}},
		{strings.Repeat("ж", 128), nil},
		{strings.Repeat("ж", 129), []errs.Reason{errorsv1.Reason_PASSWORD_TOO_LONG}},
	} {
		if got := p.Violations(c.password, nil); !slices.Equal(got, c.want) {
			t.Errorf("%q breaks %v, want %v", c.password, got, c.want)
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	if _, err := password.New("strict"); err == nil {
		t.Error("accepted")
	}
}

func TestGeneratedPasswordsAreAlwaysAccepted(t *testing.T) {
	for _, preset := range []string{"gu", "nist"} {
		p := policy(t, preset)
		seen := map[string]bool{}
		for range 500 {
			s := p.Generate()
			if got := p.Violations(s, nil); len(got) != 0 || seen[s] {
				t.Fatalf("%s: %s breaks %v (made before: %t)", preset, s, got, seen[s])
			}
			seen[s] = true
			if score := p.Score(s, nil); score != 4 {
				t.Errorf("%s: %s scores %d", preset, s, score)
			}
		}
	}
}

func TestScore(t *testing.T) {
	p := policy(t, "gu")
	about := []string{"Иванов"}
	for password, want := range map[string]int{
		"": 0, "Gfhjkm123!": 0, "Ivanov-7kX!q": 0, "abcdefgh": 0, "Wq7!mZ-2vK=4": 4,
	} {
		if got := p.Score(password, about); got != want {
			t.Errorf("%s scores %d, want %d", password, got, want)
		}
	}
}

func TestAnyTextIsJudged(t *testing.T) {
	p := policy(t, "nist")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringN(0, 60, 1024).Draw(t, "password")
		about := rapid.SliceOfN(rapid.StringN(0, 20, 320), 0, 3).Draw(t, "about")
		if score := p.Score(s, about); score < 0 || score > 4 {
			t.Errorf("score %d", score)
		}
	})
}

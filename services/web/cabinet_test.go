package web_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

func checked(state verificationv1.State, reasons ...verificationv1.MismatchReason) *verificationv1.Verification {
	return &verificationv1.Verification{
		Id: "v1", State: state, Checks: []*verificationv1.Check{{Registry: verificationv1.Registry_PFR, Reasons: reasons}},
		ExpireTime: timestamppb.New(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)),
	}
}

func letterAt(state confirmationv1.LetterState) *confirmationv1.LetterOrder {
	return &confirmationv1.LetterOrder{Id: "l1", State: state, ExpectedFrom: "2026-11-30", ExpectedUntil: "2026-12-10"}
}

// The card's next step follows from where the person stands.
func TestTheNextStepFollowsFromTheTrueState(t *testing.T) {
	s, z, c := home(t)
	standard, simplified := accountv1.Level_STANDARD, accountv1.Level_SIMPLIFIED
	for name, w := range map[string]struct {
		level        accountv1.Level
		verification *verificationv1.Verification
		letter       *confirmationv1.LetterOrder
		title, next  string
	}{
		"nothing": {simplified, nil, nil, "Укажите паспорт и СНИЛС", "/cabinet/person"},
		"pending": {simplified, checked(verificationv1.State_PENDING), nil, "Ответ придёт не позже 1 декабря 2026", "/cabinet/verification/v1"},
		"away":    {simplified, checked(verificationv1.State_EXPIRED), nil, "Это не ошибка в данных", "/cabinet/verification/v1"},
		"differs": {simplified, checked(verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_NAME), nil, "Данные не совпали", "/cabinet/verification/v1"},
		"duplicate": {
			simplified, checked(verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_DUPLICATE_PERSON), nil,
			"войдите в прежнюю по СНИЛС", "/cabinet/verification/v1",
		},
		"deceased": {
			simplified, checked(verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_DECEASED), nil,
			"обратитесь в клиентскую службу СФР", "/cabinet/verification/v1",
		},
		"standard":  {standard, nil, nil, "Подтвердите личность", "/cabinet/letter"},
		"way":       {standard, nil, letterAt(confirmationv1.LetterState_IN_TRANSIT), "с 30 ноября 2026", "/cabinet/letter"},
		"office":    {standard, nil, letterAt(confirmationv1.LetterState_AT_OFFICE), "Возьмите паспорт", "/cabinet/letter"},
		"delivered": {standard, nil, letterAt(confirmationv1.LetterState_DELIVERED), "Введите код из письма", "/cabinet/letter"},
		"returned":  {standard, nil, letterAt(confirmationv1.LetterState_RETURNED), "Письмо вернулось", "/cabinet/letter"},
		"expired":   {standard, nil, letterAt(confirmationv1.LetterState_LETTER_EXPIRED), "Код из письма больше не действует", "/cabinet/letter"},
		"confirmed": {accountv1.Level_CONFIRMED, nil, nil, "Учётная запись подтверждена", ""},
	} {
		z.set(func() { z.level, z.verification, z.letter = w.level, w.verification, w.letter })
		_, card, _ := strings.Cut(s.get(c, "/cabinet").body, `class="card next"`)
		card, _, _ = strings.Cut(card, "</section>")
		if !strings.Contains(card, w.title) || w.next != "" && !strings.Contains(card, `href="`+w.next+`"`) {
			t.Errorf("%s: %s", name, card)
		}
		if asked := strings.Contains(card, "исправьте"); asked != (name == "differs") {
			t.Errorf("%s: asks to correct the data: %t", name, asked)
		}
	}
}

func TestTheDataIsOnOnePage(t *testing.T) {
	s, z, c := home(t)
	z.set(func() {
		z.letter = letterAt(confirmationv1.LetterState_AT_OFFICE)
		z.letter.TrackingNumber, z.letter.TrackingUrl = "80085712345678", "https://post.example/80085712345678"
	})
	s.get(c, "/cabinet/data").shows(t, "Петрова", "+7\u00a0900\u00a0123-45-67", "anna@example.ru (не подтверждено)", "80085712345678",
		"https://post.example/80085712345678", "Ввести код из письма")
}

// The feed shows what is new, by kind and page by page; only the button marks it as read.
func TestNotificationsAreMarkedByTheButton(t *testing.T) {
	s, z, c := home(t)
	for i := range 25 {
		kind := notificationv1.Kind_SECURITY
		if i == 0 {
			kind = notificationv1.Kind_LETTERS
		}
		z.feed = append(z.feed, &notificationv1.Notification{
			Id: "n" + string(rune('a'+i)), Title: "Новость", Kind: kind, Unread: i < 2, CreateTime: z.now(),
		})
	}
	s.get(c, "/cabinet").shows(t, "2 непрочитанных")
	page := s.get(c, "/cabinet/notifications")
	page.shows(t, "2 непрочитанных", "/cabinet/notifications?page=next", "/cabinet/notifications?kind=LETTERS")
	if n := strings.Count(page.body, "is-unread"); n != 2 {
		t.Errorf("%d are unread, want 2", n)
	}
	s.get(c, "/cabinet/notifications?kind=LETTERS&page=of-long-ago").leads(t, "/cabinet/notifications?kind=LETTERS")
	if letters := s.get(c, "/cabinet/notifications?kind=LETTERS"); strings.Count(letters.body, "Новость") != 1 {
		t.Errorf("%s", letters.body)
	}
	if z.read != "" {
		t.Error("looking has marked it as read")
	}
	s.post(c, "/cabinet/notifications", page.filled(t)).leads(t, "/cabinet/notifications")
	if z.read != "na" {
		t.Errorf("read up to %q, want the newest", z.read)
	}
	if page := s.get(c, "/cabinet/notifications"); strings.Contains(page.body, "непрочитанн") {
		t.Errorf("%s", page.body)
	}
}

func TestALetterIsOrderedToACheckedAddress(t *testing.T) {
	s, z, c := home(t)
	z.set(func() { z.level = accountv1.Level_STANDARD })
	s.get(c, "/cabinet/letter").shows(t, "налоговой службы", `href="/cabinet/letter/address"`)
	address := []string{"type", "REGISTRATION", "region", "Москва", "city", "Москва", "house", "10"}
	page := s.get(c, "/cabinet/letter/address")
	again := s.post(c, "/cabinet/letter/address", page.filled(t, append(address, "postal_code", "12")...)).Header.Get("Location")
	page = s.get(c, again)
	page.shows(t, `href="#postal_code"`, `value="Москва"`)
	s.post(c, "/cabinet/letter/address", page.filled(t, append(address, "postal_code", "119019")...)).
		leads(t, "/cabinet/letter/check?address=home")
	if len(z.orders) != 0 {
		t.Error("it is ordered before the address is checked")
	}
	check := s.get(c, "/cabinet/letter/check?address=home")
	check.shows(t, "119019", "Петрова Анна", "Проверьте адрес")
	again = s.post(c, "/cabinet/letter/check?address=home", check.filled(t, "seen_etag", `"before"`)).Header.Get("Location")
	s.get(c, again).shows(t, "Вы изменили данные в другой вкладке", "119019")
	if len(z.orders) != 0 {
		t.Error("it is ordered to an address that was not shown")
	}
	s.post(c, "/cabinet/letter/check?address=home", check.filled(t)).leads(t, "/cabinet/letter")
	if z.orders["home"] != 1 {
		t.Errorf("ordered %v", z.orders)
	}
	s.get(c, "/cabinet/letter").shows(t, "Письмо заказано", `name="code"`, "Номер отслеживания")
	s.get(c, "/cabinet/letter/check?address=foreign").leads(t, "/cabinet/letter/address")
}

// When no attempt is left one sentence says until when, and no field takes another code.
func TestNoAttemptIsLeft(t *testing.T) {
	s, z, c := home(t)
	z.set(func() {
		z.level, z.letter = accountv1.Level_STANDARD, letterAt(confirmationv1.LetterState_DELIVERED)
		z.codeRefusal = errs.New(errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED, "too many").After(10 * time.Minute)
	})
	page := s.get(c, "/cabinet/letter/code")
	again := s.post(c, "/cabinet/letter/code", page.filled(t, "code", "L0000000000")).Header.Get("Location")
	page = s.get(c, again)
	page.shows(t, "Следующий код можно ввести через 10 минут.")
	if strings.Contains(page.body, `name="code"`) || strings.Count(page.body, "Следующий код") != 1 {
		t.Errorf("%s", page.body)
	}
	s.Clock.Advance(10 * time.Minute)
	if page = s.get(c, again); !strings.Contains(page.body, `name="code"`) || strings.Contains(page.body, "Следующий код") {
		t.Errorf("after the wait: %s", page.body)
	}
}

// Two tabs: what the other one has saved is shown, what was typed stays, and sending it again succeeds.
func TestTwoTabsSaveTheAddress(t *testing.T) {
	s, z, c := home(t)
	z.set(func() { z.level = accountv1.Level_STANDARD })
	at := func(house string) []string {
		return []string{"type", "REGISTRATION", "postal_code", "119019", "region", "Москва", "city", "Москва", "house", house}
	}
	const path, next = "/cabinet/letter/address", "/cabinet/letter/check?address=home"
	for _, first := range []string{"10", "11"} { // first nothing is saved, then something
		here, there := s.get(c, path), s.get(c, path)
		s.post(c, path, here.filled(t, at(first)...)).leads(t, next)
		s.post(c, path, here.filled(t, at(first)...)).leads(t, next) // a double click
		again := s.post(c, path, there.filled(t, at("99")...)).Header.Get("Location")
		page := s.get(c, again)
		page.shows(t, "Вы изменили данные в другой вкладке", "<dd>"+first+"</dd>", `value="99"`)
		if z.address.GetHouse() != first {
			t.Errorf("house %s was overwritten unseen by %s", first, z.address.GetHouse())
		}
		s.post(c, again, page.filled(t, at("99")...)).leads(t, next)
		if z.address.GetHouse() != "99" {
			t.Errorf("house %s is saved", z.address.GetHouse())
		}
	}
}

// Two tabs that save the same address at the same time: the slower one finds it saved, and goes on.
func TestTwoTabsSaveTheSameAddress(t *testing.T) {
	s, z, c := home(t)
	z.set(func() { z.level = accountv1.Level_STANDARD })
	const path, next = "/cabinet/letter/address", "/cabinet/letter/check?address=home"
	at := func(house string) []string {
		return []string{"type", "REGISTRATION", "postal_code", "119019", "region", "Москва", "city", "Москва", "house", house}
	}
	for _, house := range []string{"10", "11"} { // first it is added, then it is changed
		page := s.get(c, path)
		z.set(func() {
			z.meanwhile = &profilev1.Address{
				Id: "home", Type: profilev1.AddressType_REGISTRATION, PostalCode: "119019", Region: "Москва", City: "Москва", House: house,
			}
		})
		s.post(c, path, page.filled(t, at(house)...)).leads(t, next)
	}
	page := s.get(c, path)
	z.set(func() {
		z.meanwhile = &profilev1.Address{Id: "home", Type: profilev1.AddressType_REGISTRATION, House: "12"}
	})
	again := s.post(c, path, page.filled(t, at("13")...)).Header.Get("Location")
	s.get(c, again).shows(t, "Вы изменили данные в другой вкладке", "<dd>12</dd>", `value="13"`)
}

// Who has changed the citizenship since the last check cannot have it repeated; who has another account has it still.
func TestAForeignCitizenIsNotSentToTheCheckAgain(t *testing.T) {
	s, z, c := home(t)
	for name, w := range map[string]struct {
		latest *verificationv1.Verification
		title  string
	}{
		"differs":   {checked(verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_NAME), "У вас упрощённая учётная запись"},
		"away":      {checked(verificationv1.State_EXPIRED), "У вас упрощённая учётная запись"},
		"deceased":  {checked(verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_DECEASED), "У вас упрощённая учётная запись"},
		"duplicate": {checked(verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_DUPLICATE_PERSON), "войдите в прежнюю"},
	} {
		z.set(func() { z.verification, z.person.Citizenship = w.latest, "TJK" })
		_, card, _ := strings.Cut(s.get(c, "/cabinet").body, `class="card next"`)
		card, _, _ = strings.Cut(card, "</section>")
		if !strings.Contains(card, w.title) {
			t.Errorf("%s: %s", name, card)
		}
		if page := s.get(c, "/cabinet/person"); strings.Contains(page.body, "отправьте на проверку") {
			t.Errorf("%s: the person is asked to send the details again: %s", name, page.body)
		}
	}
}

package templates_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
	"github.com/propusk-id/propusk/services/internal/support"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/templates"
)

const publicURL = "https://id.example.ru:8443"

func languages() []string { return []string{"ru", "en"} }

// expected is every template: the parts it has, and the parameters that each of its messages needs.
func expected() map[string]struct{ parts, params []string } {
	all := []string{"sms", "email", "feed"}
	return map[string]struct{ parts, params []string }{
		"registration_code":        {[]string{"sms"}, []string{"code"}},
		"second_factor_code":       {[]string{"sms"}, []string{"code"}},
		"registration_link":        {[]string{"email"}, []string{"registration_id", "token"}},
		"contact_taken":            {[]string{"sms", "email"}, nil},
		"contact_code":             {[]string{"sms", "email"}, []string{"code"}},
		"contact_claim_code":       {[]string{"sms", "email"}, []string{"code"}},
		"contact_in_use":           {[]string{"sms", "email"}, nil},
		"contact_left":             {[]string{"sms", "email"}, nil},
		"contact_change_cancel":    {[]string{"sms", "email"}, []string{"until", "token"}},
		"contact_claim_cancel":     {[]string{"sms", "email"}, []string{"until", "token"}},
		"password_changed":         {all, nil},
		"contact_added":            {all, []string{"kind"}},
		"contact_change_requested": {all, []string{"kind", "until"}},
		"contact_change_cancelled": {all, []string{"kind"}},
		"contact_changed":          {all, []string{"kind"}},
		"contact_removed":          {all, []string{"kind"}},
		"contact_claimed":          {[]string{"feed"}, []string{"kind", "until"}},
		"contact_detached":         {all, []string{"kind"}},
		"recovery_code":            {[]string{"sms", "email"}, []string{"code"}},
		"recovery_unknown":         {[]string{"sms", "email"}, nil},
		"recovery_cancel":          {[]string{"sms", "email"}, []string{"until", "token"}},
		"recovery_started":         {all, nil},
		"recovery_waiting":         {[]string{"feed"}, []string{"until"}},
		"recovery_cancelled":       {all, nil},
		"recovery_locked":          {all, nil},
		"account_recovered":        {all, nil},
		"control_question_changed": {all, nil},
		"trusted_contact_code":     {[]string{"sms", "email"}, []string{"code"}},
		"trusted_contact_invited":  {all, nil},
		"trusted_contact_active":   {all, nil},
		"trusted_contact_ending":   {all, []string{"until"}},
		"trusted_contact_kept":     {all, nil},
		"trusted_contact_ended":    {all, nil},
		"principal_invited":        {all, nil},
		"principal_active":         {all, nil},
		"principal_ending":         {all, []string{"until"}},
		"principal_kept":           {all, nil},
		"principal_ended":          {all, nil},
		"principal_recovering":     {all, []string{"until"}},
		"welcome":                  {[]string{"feed"}, nil},
		"signed_in":                {all, nil},
		"signed_in_new_device":     {[]string{"feed"}, nil},
		"signed_out":               {all, nil},
		"new_device":               {[]string{"sms", "email"}, []string{"token", "device", "day", "clock"}},
		"sign_in_locked":           {all, nil},
		"device_forbidden":         {all, nil},
		"device_allowed":           {all, nil},
		"new_devices_allowed":      {all, nil},
		"new_devices_forbidden":    {all, nil},
		"verification_matched":     {all, nil},
		"verification_not_matched": {all, []string{"reasons"}},
		"verification_duplicate":   {all, nil},
		"verification_deceased":    {all, nil},
		"verification_expired":     {all, nil},
		"level_confirmed":          {all, nil},
		"letter_ordered":           {all, nil},
		"letter_at_office":         {all, nil},
		"letter_delivered":         {all, nil},
		"letter_returned":          {all, nil},
		"letter_reminder":          {all, []string{"until"}},
		"second_factor_added":      {all, nil},
		"second_factor_removed":    {all, nil},
		"second_factor_locked":     {all, nil},
		"backup_code_used":         {all, nil},
	}
}

// desk is a support that can be turned to, as it is usually written.
func desk() support.Contacts {
	return support.Contacts{Phone: "8 800 100-70-10", Email: "help@example.ru", HoursRu: "круглосуточно", HoursEn: "24 hours"}
}

func load(t *testing.T) *templates.Catalogue {
	t.Helper()
	return loadAt(t, publicURL, support.Contacts{})
}

func loadAt(t *testing.T, publicURL string, contacts support.Contacts) *templates.Catalogue {
	t.Helper()
	c, err := templates.Load(publicURL, contacts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// render gives the texts of a part that a person reads.
func render(c *templates.Catalogue, part, name, language string, params map[string]string) ([]string, error) {
	switch part {
	case "sms":
		text, err := c.SMS(name, language, params)
		return []string{text}, err
	case "email":
		e, err := c.Email(name, language, params)
		return []string{e.Text, e.HTML, e.Subject}, err
	default:
		e, err := c.Entry(name, language, params)
		return []string{e.Text, e.Title}, err
	}
}

func reasonIn(err error) errs.Reason {
	var p errs.Problem
	errors.As(err, &p)
	return p.Reason
}

// value is a parameter's value in tests: for reasons and kinds the words for it, for days how they are written.
func value(param, language string) (given, shown string) {
	switch {
	case param == "kind" && language == "ru":
		return "PHONE", "елефон"
	case param == "kind":
		return "PHONE", "phone"
	case (param == "until" || param == "day") && language == "ru":
		return "2026-12-05", "05.12.2026"
	case param == "until" || param == "day":
		return "2026-12-05", "5 December 2026"
	case param != "reasons":
		return "canary-" + param, "canary-" + param
	case language == "ru":
		return "BIRTH_DATE,SNILS_NOT_FOUND", "дата рождения отличается; СНИЛС не найден"
	default:
		return "BIRTH_DATE,SNILS_NOT_FOUND", "the date of birth differs; the SNILS was not found"
	}
}

func TestEveryTemplateInEveryLanguage(t *testing.T) {
	c := load(t)
	for name, want := range expected() {
		for _, language := range languages() {
			t.Run(language+"/"+name, func(t *testing.T) {
				for _, part := range []string{"sms", "email", "feed"} {
					if !slices.Contains(want.parts, part) {
						_, err := render(c, part, name, language, nil)
						if reasonIn(err) != errorsv1.Reason_FIELD_UNKNOWN_VALUE {
							t.Errorf("%s: %v, want it not to exist", part, err)
						}
						continue
					}
					checkPart(t, c, part, name, language, want.params)
				}
			})
		}
	}
}

// What is put together from a template's parts, and from an installation's support, still follows docs/style.md.
func TestMessagesFollowTheStyleGuide(t *testing.T) {
	guides := map[string]i18ntest.Guide{"ru": i18ntest.GuideOf("ru"), "en": i18ntest.GuideOf("en")}
	for _, contacts := range []support.Contacts{{}, {Email: "help@example.ru", HoursRu: "круглосуточно", HoursEn: "24 hours"}} {
		c := loadAt(t, publicURL, contacts)
		for name, want := range expected() {
			for _, language := range languages() {
				given := map[string]string{}
				for _, p := range want.params {
					given[p], _ = value(p, language)
				}
				for _, part := range want.parts {
					texts, err := render(c, part, name, language, given)
					if err != nil {
						t.Fatal(err)
					}
					for _, fault := range guides[language].Faults(texts[0]) {
						t.Errorf("%s %s in %s: %s", name, part, language, fault)
					}
					if title := texts[len(texts)-1]; part != "sms" && strings.HasSuffix(title, ".") {
						t.Errorf("%s in %s: the title ends with a full stop: %s", name, language, title)
					}
				}
			}
		}
	}
}

// Every entry of the feed is of a kind, by which people choose what they see; no kind names what no template has.
func TestEveryEntryHasAKind(t *testing.T) {
	for name, want := range expected() {
		inFeed := slices.Contains(want.parts, "feed")
		if has := domain.KindOf(name) != notificationv1.Kind_KIND_UNSPECIFIED; has != inFeed {
			t.Errorf("%s: in the feed %t, has a kind %t", name, inFeed, has)
		}
	}
	for n, name := range notificationv1.Kind_name {
		for _, template := range domain.TemplatesOf(notificationv1.Kind(n)) {
			if _, ok := expected()[template]; !ok {
				t.Errorf("%s has %s, which is no template", name, template)
			}
		}
	}
}

// One SMS holds 70 characters (3GPP TS 23.038, UCS-2).
func TestTheLettersStopsAreOneSMS(t *testing.T) {
	c := load(t)
	for _, name := range []string{"letter_at_office", "letter_returned"} {
		for _, language := range languages() {
			text, err := c.SMS(name, language, nil)
			if n := len(utf16.Encode([]rune(text))); err != nil || n > 70 {
				t.Errorf("%s in %s has %d characters: %v", name, language, n, err)
			}
		}
	}
}

func checkPart(t *testing.T, c *templates.Catalogue, part, name, language string, params []string) {
	t.Helper()
	given := map[string]string{}
	for _, p := range params {
		given[p], _ = value(p, language)
	}
	texts, err := render(c, part, name, language, given)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		checkText(t, part, language, text)
	}
	for _, p := range params {
		// An SMS is read by whoever sees the phone: it does not say what differs.
		if part == "sms" && slices.Contains([]string{"reasons", "device", "day", "clock"}, p) {
			continue
		}
		if _, shown := value(p, language); !strings.Contains(texts[0], shown) {
			t.Errorf("%s does not use %s: %s", part, p, texts[0])
		}
		lacking := map[string]string{}
		for _, other := range params {
			if other != p {
				lacking[other] = given[other]
			}
		}
		if _, err := render(c, part, name, language, lacking); reasonIn(err) != errorsv1.Reason_FIELD_REQUIRED {
			t.Errorf("%s without %s: %v", part, p, err)
		}
	}
}

func checkText(t *testing.T, part, language, text string) {
	t.Helper()
	cyrillic := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	if text == "" || cyrillic != (language == "ru") {
		t.Errorf("%s is not in %s: %q", part, language, text)
	}
	if strings.Contains(text, "no value") || strings.Contains(text, "{{") {
		t.Errorf("%s is not filled: %q", part, text)
	}
}

func TestNoTemplateIsLeftOut(t *testing.T) {
	for _, language := range languages() {
		files, err := fs.Glob(os.DirFS("files"), language+"/*")
		if err != nil || len(files) != len(expected()) {
			t.Errorf("%d files in %s, want %d (%v)", len(files), language, len(expected()), err)
		}
		for _, f := range files {
			if _, ok := expected()[strings.TrimSuffix(path.Base(f), ".tmpl")]; !ok {
				t.Errorf("%s is not tested", f)
			}
		}
	}
}

func TestEveryMismatchHasItsOwnWords(t *testing.T) {
	c := load(t)
	for _, language := range languages() {
		seen := map[string]string{}
		for _, reason := range append(reasons(), "SOMETHING_NEW") {
			entry, err := c.Entry("verification_not_matched", language, map[string]string{"reasons": reason})
			if err != nil {
				t.Fatal(err)
			}
			if other, ok := seen[entry.Text]; ok {
				t.Errorf("%s: %s reads like %s", language, reason, other)
			}
			seen[entry.Text] = reason
		}
	}
}

// reasons are those that the person can correct; the others have templates of their own.
func reasons() []string {
	var out []string
	for n, name := range verificationv1.MismatchReason_name {
		switch verificationv1.MismatchReason(n) {
		case verificationv1.MismatchReason_MISMATCH_REASON_UNSPECIFIED, verificationv1.MismatchReason_DECEASED,
			verificationv1.MismatchReason_DUPLICATE_PERSON:
		default:
			out = append(out, name)
		}
	}
	return out
}

func TestWhereNoCorrectionHelpsNoneIsAskedFor(t *testing.T) {
	c := load(t)
	for name, way := range map[string]map[string]string{
		"verification_duplicate": {"ru": "СНИЛС", "en": "with your SNILS"},
		"verification_deceased":  {"ru": "СФР", "en": "Social Fund"},
	} {
		for language, want := range way {
			for _, part := range []string{"sms", "email", "feed"} {
				texts, err := render(c, part, name, language, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(texts[0], want) || strings.Contains(texts[0], "/cabinet/person") {
					t.Errorf("%s %s in %s: %s", name, part, language, texts[0])
				}
			}
		}
	}
}

// The last line of an SMS with a code binds it to the host, so that a browser fills it in there only
// (Origin-bound one-time codes, WICG).
func TestCodeIsBoundToTheHost(t *testing.T) {
	c := load(t)
	for _, language := range languages() {
		for _, name := range []string{"registration_code", "second_factor_code", "contact_code", "contact_claim_code"} {
			text, err := c.SMS(name, language, map[string]string{"code": "123456"})
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(text, "\n")
			if got := lines[len(lines)-1]; got != "@id.example.ru #123456" {
				t.Errorf("last line %q", got)
			}
			if brand := map[string]string{"ru": "Пропуска", "en": "Propusk"}[language]; !strings.HasPrefix(text, "123456 ") ||
				!strings.Contains(lines[0], brand) {
				t.Errorf("begins with %q, want the code and whose it is", lines[0])
			}
		}
	}
}

func TestLinkLeadsToThePage(t *testing.T) {
	e, err := load(t).Email("registration_link", "ru", map[string]string{"registration_id": "5f0c", "token": "t-_0"})
	if err != nil {
		t.Fatal(err)
	}
	link := publicURL + "/sign-up/5f0c/link?token=t-_0"
	if !strings.Contains(e.Text, "\n"+link+"\n") || !strings.Contains(e.HTML, ` href="`+link+`"`) {
		t.Errorf("no link %s in\n%s\n%s", link, e.Text, e.HTML)
	}
}

func TestParametersCannotBecomeMarkupOrTheInstallation(t *testing.T) {
	e, err := load(t).Email("registration_link", "en", map[string]string{
		"registration_id": `"><script>`, "token": "t", "public_url": "https://evil.example", "support": "evil@evil.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(e.HTML, "<script>") || strings.Contains(e.HTML, "evil") {
		t.Errorf("HTML is %s", e.HTML)
	}
}

package letter

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signintech/gopdf"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/internal/support"
)

// longest is the letter to the longest name and address that people may have, made of some words.
func longest(words string) Content {
	fill := func(n int) string { return strings.TrimSpace(string([]rune(strings.Repeat(words, n))[:n])) }
	name := fill(identifiers.MaxName)
	return Content{
		Addressee: name + " " + name + " " + name,
		Address: []string{
			fill(identifiers.MaxStreet) + ", д. " + fill(identifiers.MaxHouse) + ", кв. " + fill(identifiers.MaxFlat),
			fill(identifiers.MaxCity), fill(identifiers.MaxRegion), "198005",
		},
		TrackingNumber: "10100001000018",
	}
}

func TestNoAddressLeavesTheWindow(t *testing.T) {
	for _, c := range []struct {
		words    string
		smallest float64
	}{
		{"Преображенская имени ", 7},
		{"Нижнекамского района ", 7},
		{"Щ", 1}, // no name is that wide; it only has to stay inside
		{"W ", 1},
	} {
		s, content := newSheet(), longest(c.words)
		size, end := s.window(content)
		if s.err != nil {
			t.Fatal(s.err)
		}
		if end > windowBottom {
			t.Errorf("%q ends at %.1f mm, the window at %.1f", c.words, end, windowBottom)
		}
		if size < c.smallest {
			t.Errorf("%q is in %.1f points, want at least %.1f", c.words, size, c.smallest)
		}
		s.wantWhole(t, content, size)
	}
}

// wantWhole checks that the lines have every letter and none is wider than the window.
func (s *sheet) wantWhole(t *testing.T, c Content, size float64) {
	t.Helper()
	var printed strings.Builder
	for _, l := range s.address(c, size) {
		printed.WriteString(l.text)
		s.note(s.SetFont(l.font, "", size))
		if width, err := s.MeasureTextWidth(l.text); err != nil || width > right-windowX {
			t.Errorf("%q is %.1f mm wide (%v)", l.text, width, err)
		}
	}
	want := c.Addressee + strings.Join(c.Address, "")
	blanks := strings.NewReplacer(" ", "", "\u00a0", "")
	if got := blanks.Replace(printed.String()); got != blanks.Replace(want) {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestUsualAddressesAreInNormalSize(t *testing.T) {
	size, _ := newSheet().window(Content{
		Addressee: "Иванов Иван Иванович", Address: []string{"Чистопрудный бульвар, д. 1, кв. 5", "Москва", "101000"},
		TrackingNumber: "10100001000018",
	})
	if size != normal {
		t.Errorf("in %.1f points, want %.1f", size, normal)
	}
}

// What an address may be written with must not become boxes in the window.
func TestFontsHaveWhatAddressesAreWrittenWith(t *testing.T) {
	data, err := fonts.ReadFile("fonts/PTS55F.ttf")
	if err != nil {
		t.Fatal(err)
	}
	s := newSheet()
	s.note(s.AddTTFFontDataWithOption("checked", data, gopdf.TtfOption{
		OnGlyphNotFound: func(r rune) { t.Errorf("the font has no %q", r) },
	}))
	s.note(s.SetFont("checked", "", normal))
	_, err = s.MeasureTextWidth("\u00a0") // see unbroken
	s.note(err)
	for r := rune(0); r < 0x3000; r++ {
		if printable, err := identifiers.ParsePrintable(string(r), 1); err == nil {
			_, err := s.MeasureTextWidth(printable)
			s.note(err)
		}
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
}

// A house's number is not torn from its "д.", wherever the line ends.
func TestAbbreviationsStayWithWhatTheyAreOf(t *testing.T) {
	torn := regexp.MustCompile(`(^|[ ,])(ул|д|кв|корп|г)\.$`)
	for n := range 60 {
		c := longest("Мира ")
		c.Address = []string{strings.Repeat("Ж", n) + " ул. Мира, д. 118, корп. 2, кв. 1024"}
		s := newSheet()
		for _, l := range s.address(c, normal) {
			if torn.MatchString(l.text) {
				t.Errorf("a line ends with %q", l.text)
			}
		}
	}
}

// The sender is named with address and telephone, above the bar code, however long they are.
func TestTheSenderStandsAboveTheBarCode(t *testing.T) {
	c := longest("Мира ")
	c.Sender = Sender{Name: "Пропуск", Address: "101000, г. Москва, а/я 1"}
	c.Support = support.Contacts{Phone: "8 800 100-70-10"}
	s := newSheet()
	var got []string
	for _, l := range s.senderLines(c, small) {
		got = append(got, strings.ReplaceAll(l.text, "\u00a0", " "))
	}
	if want := []string{"Пропуск", "101000, г. Москва, а/я 1", "тел. 8 800 100-70-10"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c.Sender = Sender{Name: strings.Repeat("Щ ", 50), Address: strings.Repeat("Щ ", 50)}
	if end := s.sender(c); end > senderBottom || s.err != nil {
		t.Errorf("ends at %.1f mm of %.1f: %v", end, senderBottom, s.err)
	}
	c.Support = support.Contacts{}
	if lines := c.sender(); len(lines) != 2 {
		t.Errorf("without a telephone: %q", lines)
	}
}

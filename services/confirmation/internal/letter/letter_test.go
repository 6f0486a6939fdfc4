package letter_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/internal/support"
)

func content() letter.Content {
	return letter.Content{
		Sender:    letter.Sender{Name: "Министерство цифрового развития Примерской области", Address: "101000, г. Москва, ул. Мясницкая, д. 26, а/я 1"},
		Support:   support.Contacts{Phone: "8 800 100-70-10", Email: "help@example.ru", HoursRu: "круглосуточно", HoursEn: "24 hours"},
		Addressee: "Константинопольская-Преображенская Александра Константиновна",
		Address: []string{
			"ул. Набережная реки Фонтанки имени восьмидесятилетия, д. 118 корп. 2, кв. 1024", "г. Санкт-Петербург", "198005",
		},
		Code: "L7K2QM9XWTR", TrackingNumber: "10100001000018",
		PublicURL: "https://id.example.ru", EnterURL: "https://id.example.ru/cabinet/letter/code",
		Printed: time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC), Expire: time.Date(2026, 12, 21, 22, 0, 0, 0, time.UTC),
		Sandbox: true,
	}
}

func TestLetterIsAPDFThatSaysTheSameAsItsText(t *testing.T) {
	printed, err := letter.Print(content())
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("LETTER_PDF"); path != "" {
		if err := os.WriteFile(path, printed.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(printed.PDF, []byte("%PDF-")) || !bytes.Contains(printed.PDF[len(printed.PDF)-64:], []byte("%%EOF")) {
		t.Error("not a PDF")
	}
	for _, want := range []string{
		"L-7K2QM-9XWTR", "Александра", "198005", "id.example.ru/cabinet/letter/code", "22.12.2026",
		"От кого: Министерство", "Мясницкая, д. 26", "тел. 8 800 100-70-10",
		"обратитесь в поддержку: 8 800 100-70-10, help@example.ru (круглосуточно)", "contact support: 8 800 100-70-10, help@example.ru (24 hours)",
	} {
		if !strings.Contains(printed.Text, want) {
			t.Errorf("the text has no %q", want)
		}
	}
	if len(printed.PDF) > 400_000 {
		t.Errorf("%d bytes: the fonts are not cut down to the letters used", len(printed.PDF))
	}
}

// A letter of an operator without a support sends nobody there.
func TestALetterSpeaksOfNoSupportThatIsNotThere(t *testing.T) {
	c := content()
	c.Support = support.Contacts{}
	printed, err := letter.Print(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"поддержк", "support", "тел."} {
		if strings.Contains(printed.Text, word) {
			t.Errorf("the text says %q", word)
		}
	}
	if !strings.Contains(printed.Text, "не вводите код") || !strings.Contains(printed.Text, "do not enter the code") {
		t.Errorf("the text does not say what to do: %s", printed.Text)
	}
}

func TestLettersOfUnknownAlphabetsAreNoFailure(t *testing.T) {
	c := content()
	c.Addressee = "გიორგი Nguyễn Ы̆"
	if _, err := letter.Print(c); err != nil {
		t.Error(err)
	}
}

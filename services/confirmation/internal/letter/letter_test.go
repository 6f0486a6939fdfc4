package letter_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
)

func content() letter.Content {
	return letter.Content{
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
	for _, want := range []string{"L-7K2QM-9XWTR", "Александра", "198005", "id.example.ru/cabinet/letter/code", "22.12.2026"} {
		if !strings.Contains(printed.Text, want) {
			t.Errorf("the text has no %q", want)
		}
	}
	if len(printed.PDF) > 400_000 {
		t.Errorf("%d bytes: the fonts are not cut down to the letters used", len(printed.PDF))
	}
}

func TestLettersOfUnknownAlphabetsAreNoFailure(t *testing.T) {
	c := content()
	c.Addressee = "გიორგი Nguyễn Ы̆"
	if _, err := letter.Print(c); err != nil {
		t.Error(err)
	}
}

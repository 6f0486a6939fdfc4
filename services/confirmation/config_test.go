package confirmation

import (
	"strings"
	"testing"
)

func TestASenderThatCannotBePrintedIsRefused(t *testing.T) {
	good := Config{SenderName: "Пропуск", SenderAddress: "101000, г. Москва, а/я 1"}
	if s, err := good.sender(); err != nil || s.Name != good.SenderName || s.Address != good.SenderAddress {
		t.Errorf("got %+v, %v", s, err)
	}
	for want, c := range map[string]Config{
		"SENDER_NAME":    {SenderName: "", SenderAddress: good.SenderAddress},
		"SENDER_ADDRESS": {SenderName: good.SenderName, SenderAddress: strings.Repeat("д", 101)},
	} {
		if _, err := c.sender(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a sentence about %s", err, want)
		}
	}
}

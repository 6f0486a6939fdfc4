package journey

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"time"
)

// answerTimeout is how long a citizen's client waits for one answer.
const answerTimeout = time.Minute

// NewStranger is somebody of the population whom hardly anybody has been before. Patience and wait are those of
// [Client] and [Story].
func NewStranger(url string, patience, wait time.Duration) (*Story, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	if err != nil {
		return nil, err
	}
	return &Story{
		Client: Client{URL: url, HTTP: &http.Client{Timeout: answerTimeout}, Patience: patience},
		N:      int(n.Int64()) + 1, Phone: fmt.Sprintf("+7901%07d", n), Wait: wait,
	}, nil
}

// LogIn has the confirmed citizen sign in at a partner, who asks for name and level.
func (s *Story) LogIn(ctx context.Context) error {
	browser, err := NewBrowser(s.URL, http.DefaultTransport)
	if err != nil {
		return err
	}
	partner := Partner{
		URL: s.URL, HTTP: http.DefaultClient, ACR: "confirmed", Scopes: []string{"profile", "snils", "offline_access"},
	}
	got, err := partner.Login(ctx, browser, s.Phone)
	if err != nil {
		return err
	}
	if name := got.Claims["family_name"]; got.ACR != "confirmed" || name != s.Person.Person.LastName {
		return fmt.Errorf("the partner learned acr %q, family name %v", got.ACR, name)
	}
	return nil
}

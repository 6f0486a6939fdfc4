package minimal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	otpLife          = 5 * time.Minute
	registrationLife = 72 * time.Hour
	sendWindow       = 10 * time.Minute
	sendsPerWindow   = 5
	guessesPerCode   = 5
	codes            = 1_000_000
)

// SMS is what the gateway of text messages is sent.
type SMS struct{ To, Text string }

var phone = regexp.MustCompile(`^\+7\d{10}$`)

// register begins a sign-up: the send is counted and the form kept in one statement, then the code goes out.
func (s *server) register(rw http.ResponseWriter, r *http.Request) {
	var in Card
	if !read(rw, r, &in) {
		return
	}
	if !phone.MatchString(in.Phone) || in.LastName == "" || in.FirstName == "" {
		refuse(rw, http.StatusBadRequest)
		return
	}
	id := secret.NewRandomID()
	counted, err := s.countSend(r.Context(), id, in, time.Now())
	if err == nil && !counted {
		refuse(rw, http.StatusTooManyRequests)
		return
	}
	if err == nil {
		err = s.send(r.Context(), id, in.Phone)
	}
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	answer(rw, map[string]any{"id": id})
}

func (s *server) countSend(ctx context.Context, id string, c Card, now time.Time) (bool, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return false, err
	}
	card, err := s.keys.Seal(plain, place("registrations", id, "card"))
	if err != nil {
		return false, err
	}
	done, err := s.pool.Exec(ctx, `
		WITH counted AS (
			INSERT INTO destinations AS d (index_value, since, sends) VALUES ($1, $2, 1)
			ON CONFLICT (index_value) DO UPDATE SET
				sends = CASE WHEN d.since < $3 THEN 1 ELSE d.sends + 1 END,
				since = CASE WHEN d.since < $3 THEN $2 ELSE d.since END
			WHERE d.since < $3 OR d.sends < $4
			RETURNING index_value
		)
		INSERT INTO registrations (id, destination, card, expires_at) SELECT $5, index_value, $6, $7 FROM counted`,
		s.keys.Index("phone", c.Phone).Value, now, now.Add(-sendWindow), sendsPerWindow, id, card, now.Add(registrationLife))
	return done.RowsAffected() == 1, err
}

// send keeps the code's MAC and posts the code.
func (s *server) send(ctx context.Context, id, to string) error {
	n, err := rand.Int(rand.Reader, big.NewInt(codes))
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%06d", n)
	if err := s.redis.Set(ctx, "otp:"+id, s.keys.MAC("otp", []byte(id), []byte(text)), otpLife).Err(); err != nil {
		return err
	}
	body, err := json.Marshal(SMS{To: to, Text: text})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.SMS, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := s.sms.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("the gateway answers %s", resp.Status)
	}
	return errors.Join(err, resp.Body.Close())
}

// verify counts a guess and, if it is right, notes the proof, in one statement.
func (s *server) verify(rw http.ResponseWriter, r *http.Request) {
	var in struct{ Code string }
	if !read(rw, r, &in) {
		return
	}
	id, token, now := r.PathValue("id"), secret.NewToken().Reveal(), time.Now()
	mac, err := s.redis.Get(r.Context(), "otp:"+id).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	right := err == nil && s.keys.CheckMAC(mac, "otp", []byte(id), []byte(in.Code))
	done, err := s.pool.Exec(r.Context(), `
		WITH guess AS (
			UPDATE registrations SET guesses = guesses + 1, verified_at = CASE WHEN $2 THEN $3::timestamptz END,
				completion_hash = CASE WHEN $2 THEN $4::bytea END
			WHERE id = $1 AND guesses < $5 AND verified_at IS NULL AND expires_at > $3
			RETURNING destination
		)
		UPDATE destinations d SET failures = CASE WHEN $2 THEN 0 ELSE failures + 1 END
		FROM guess WHERE d.index_value = guess.destination`,
		id, right, now, secret.HashToken(token), guessesPerCode)
	if err == nil && right {
		err = s.redis.Del(r.Context(), "otp:"+id).Err()
	}
	switch {
	case err != nil:
		refuse(rw, http.StatusInternalServerError)
	case !right, done.RowsAffected() == 0:
		refuse(rw, http.StatusBadRequest)
	default:
		answer(rw, map[string]any{"completionToken": token})
	}
}

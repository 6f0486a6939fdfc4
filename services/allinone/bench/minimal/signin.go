package minimal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/argon2"

	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	// The platform's argon2id: 19 MiB, two passes, one lane.
	memoryKiB = 19 * 1024
	passes    = 2
	saltBytes = 16
	hashBytes = 32

	freeFailures = 5
	lockTime     = time.Minute
	sessionLife  = 24 * time.Hour
)

// Card is what is known of a person.
type Card struct {
	LastName  string `json:"lastName"`
	FirstName string `json:"firstName"`
	Phone     string `json:"phone"`
}

type credentials struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// hash waits for its turn.
func (s *server) hash(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case s.hashing <- struct{}{}:
	}
	defer func() { <-s.hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memoryKiB, 1, hashBytes), nil
}

// createAccount makes an account that has consented to the client; only the measurement's preparation does that.
func (s *server) createAccount(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		Card
		Password string `json:"password"`
	}
	if !read(rw, r, &in) {
		return
	}
	if err := s.insertAccount(r.Context(), in.Card, in.Password); err != nil {
		refuse(rw, http.StatusInternalServerError)
	}
}

func (s *server) insertAccount(ctx context.Context, c Card, password string) error {
	id, salt := secret.NewID(), make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	sum, err := s.hash(ctx, password, salt)
	if err != nil {
		return err
	}
	sealedHash, err := s.keys.Seal(slices.Concat(salt, sum), place("accounts", id.String(), "password"))
	if err != nil {
		return err
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	card, err := s.keys.Seal(plain, place("accounts", id.String(), "card"))
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `
		WITH account AS (INSERT INTO accounts (id, phone_index, password, card) VALUES ($1, $2, $3, $4))
		INSERT INTO consents (account_id, client_id, scopes) VALUES ($1, $5, $6)`,
		id, s.keys.Index("phone", c.Phone).Value, sealedHash, card, ClientID, scopes())
	return err
}

// signIn answers a password with a session's token.
func (s *server) signIn(rw http.ResponseWriter, r *http.Request) {
	var in credentials
	if !read(rw, r, &in) {
		return
	}
	now := time.Now()
	account, right, err := s.check(r.Context(), in, now)
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	if !right {
		refuse(rw, http.StatusUnauthorized)
		return
	}
	token := secret.NewToken().Reveal()
	_, err = s.pool.Exec(r.Context(), `
		WITH forgiven AS (UPDATE accounts SET failures = 0 WHERE id = $3 AND failures > 0)
		INSERT INTO sessions (id, token_hash, account_id, auth_time, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		secret.NewID(), secret.HashToken(token), account, now, now.Add(sessionLife))
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	answer(rw, map[string]any{"token": token})
}

// check compares the password and counts a wrong one; a locked account and an unknown login are hashed for as well.
func (s *server) check(ctx context.Context, in credentials, now time.Time) (account uuid.UUID, right bool, err error) {
	var sealed []byte
	var locked *time.Time
	err = s.pool.QueryRow(ctx, `SELECT id, password, locked_until FROM accounts WHERE phone_index = $1`,
		s.keys.Index("phone", in.Login).Value).Scan(&account, &sealed, &locked)
	known := !errors.Is(err, pgx.ErrNoRows)
	if err != nil && known {
		return account, false, err
	}
	want := make([]byte, saltBytes+hashBytes)
	if known {
		if want, err = s.keys.Open(sealed, place("accounts", account.String(), "password")); err != nil {
			return account, false, err
		}
	}
	got, err := s.hash(ctx, in.Password, want[:saltBytes])
	if err != nil {
		return account, false, err
	}
	right = secret.Equal(got, want[saltBytes:]) && known && (locked == nil || now.After(*locked))
	if right || !known {
		return account, right, nil
	}
	_, err = s.pool.Exec(ctx, `
		UPDATE accounts SET failures = failures + 1, locked_until = CASE WHEN failures >= $2 THEN $3::timestamptz END WHERE id = $1`,
		account, freeFailures, now.Add(lockTime))
	return account, false, err
}

package app

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// The lengths of a secret that the caller chooses, in characters: shorter ones could be guessed from their hash.
const (
	minSecret = 32
	maxSecret = 128
)

// newSecret makes a secret: 256 random bits.
func (a *App) newSecret(expires time.Time) (domain.Secret, secret.String) {
	plain := secret.NewToken()
	return a.hashed(plain, expires), plain
}

func (a *App) hashed(plain secret.String, expires time.Time) domain.Secret {
	return domain.Secret{
		ID: secret.NewID(), Hash: secret.HashToken(plain.Reveal()), CreateTime: a.Now().Truncate(time.Microsecond),
		ExpireTime: expires.Truncate(time.Microsecond),
	}
}

// chosenSecrets are the secrets that the caller wants; those among them that the client has stay what they are, but for their expiry.
func (a *App) chosenSecrets(before domain.Client, wanted []PlainSecret) ([]domain.Secret, error) {
	var wrong errs.Fields
	var out []domain.Secret
	for i, s := range wanted {
		if n := utf8.RuneCountInString(s.Value.Reveal()); n < minSecret || n > maxSecret {
			wrong.Add(fmt.Sprintf("secrets[%d].value", i), errorsv1.Reason_FIELD_OUT_OF_RANGE)
			continue
		}
		wrong.Check(fmt.Sprintf("secrets[%d].expire_time", i), a.checkExpiry(s.ExpireTime))
		next := a.hashed(s.Value, s.ExpireTime)
		at := slices.IndexFunc(before.Secrets, func(k domain.Secret) bool { return secret.Equal(k.Hash, next.Hash) })
		if at >= 0 {
			next.ID, next.CreateTime = before.Secrets[at].ID, before.Secrets[at].CreateTime
		}
		out = append(out, next)
	}
	return out, wrong.Err()
}

func (a *App) checkExpiry(t time.Time) error {
	if !t.IsZero() && !t.After(a.Now()) {
		return errs.Problem{Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE}
	}
	return nil
}

// AddSecret gives a client one more secret. Those that it has end at others, unless they do so sooner; zero: they stay.
func (a *App) AddSecret(ctx context.Context, id string, expires, others time.Time) (Registration, error) {
	var wrong errs.Fields
	wrong.Check("expire_time", a.checkExpiry(expires))
	if err := wrong.Err(); err != nil {
		return Registration{}, err
	}
	made, plain := a.newSecret(expires)
	out, err := a.ChangeClient(ctx, id, func(c domain.Client) (domain.Client, error) {
		if !c.UsesSecret() {
			return c, errField("auth_method", errorsv1.Reason_MISMATCH)
		}
		c.Secrets = slices.Clone(c.Secrets)
		for i, s := range c.Secrets {
			if !others.IsZero() && (s.ExpireTime.IsZero() || others.Before(s.ExpireTime)) {
				c.Secrets[i].ExpireTime = others.Truncate(time.Microsecond)
			}
		}
		c.Secrets = append(c.Secrets, made)
		return c, nil
	})
	out.Secret, out.SecretID = plain, made.ID.String()
	return out, err
}

// DeleteSecret ends a secret of a client at once.
func (a *App) DeleteSecret(ctx context.Context, id, secretID string) error {
	wanted, err := uuid.Parse(secretID)
	if err != nil {
		return errNoSecret()
	}
	_, err = a.ChangeClient(ctx, id, func(c domain.Client) (domain.Client, error) {
		left := slices.DeleteFunc(slices.Clone(c.Secrets), func(s domain.Secret) bool { return s.ID == wanted })
		if len(left) == len(c.Secrets) {
			return c, errNoSecret()
		}
		c.Secrets = left
		return c, nil
	})
	return err
}

func errNoSecret() error { return errs.New(errorsv1.Reason_NOT_FOUND, "the client has no such secret") }

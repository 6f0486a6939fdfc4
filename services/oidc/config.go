package oidc

import (
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// How long a key signs unless it is configured.
const (
	sandboxKeyLife    = 7 * 24 * time.Hour
	productionKeyLife = 182 * 24 * time.Hour
)

func (c Config) keyPolicy(e boot.Environment) domain.KeyPolicy {
	life := c.KeyLife
	switch {
	case life > 0:
	case e == boot.Sandbox:
		life = sandboxKeyLife
	default:
		life = productionKeyLife
	}
	return domain.KeyPolicy{Life: life, Publish: c.KeyPublish}
}

func (c Config) lifetimes() domain.Lifetimes {
	return domain.Lifetimes{
		Interaction: c.InteractionLife, Code: c.CodeLife, AccessToken: c.AccessTokenLife, IDToken: c.IDTokenLife,
		Refresh: c.RefreshLife, Grace: c.RefreshGrace,
	}
}

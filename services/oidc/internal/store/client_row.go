package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// settings are what a client has beside the columns of the first version. Their names are the contract's.
type settings struct {
	Type               domain.ClientType    `json:"type"`
	AuthMethod         string               `json:"auth_method"`
	PKCE               domain.PKCEPolicy    `json:"pkce"`
	Frontchannel       domain.LogoutTarget  `json:"frontchannel_logout"`
	Backchannel        domain.LogoutTarget  `json:"backchannel_logout"`
	GrantTypes         []string             `json:"grant_types"`
	LegalBases         map[string]string    `json:"legal_bases,omitempty"`
	IDTokenClaims      bool                 `json:"id_token_claims,omitempty"`
	UserinfoAlg        string               `json:"userinfo_alg,omitempty"`
	SectorURI          string               `json:"sector_identifier_uri,omitempty"`
	Audiences          []string             `json:"audiences,omitempty"`
	JWKS               string               `json:"jwks,omitempty"`
	Policy             *domain.ClientPolicy `json:"policy"`
	RequestsPerMinute  int32                `json:"requests_per_minute,omitempty"`
	LogoURI            string               `json:"logo_uri,omitempty"`
	Contact            string               `json:"contact,omitempty"`
	LocalhostRedirects bool                 `json:"localhost_redirects,omitempty"`
	Disabled           bool                 `json:"disabled,omitempty"`
	Owner              string               `json:"owner,omitempty"`
}

func clientRow(c domain.Client) (db.PutClientParams, error) {
	names, errNames := json.Marshal(c.Names)
	purposes, errPurposes := json.Marshal(c.Purposes)
	stored, errSettings := json.Marshal(settings{
		Type: c.Type, AuthMethod: c.AuthMethod, PKCE: c.PKCE, Frontchannel: c.Frontchannel, Backchannel: c.Backchannel,
		GrantTypes: c.GrantTypes, LegalBases: c.LegalBases, IDTokenClaims: c.IDTokenClaims, UserinfoAlg: c.UserinfoAlg,
		SectorURI: c.SectorIdentifierURI, Audiences: c.Audiences, JWKS: c.JWKS, Policy: &c.Policy,
		RequestsPerMinute: c.RequestsPerMinute, LogoURI: c.LogoURI, Contact: c.Contact, LocalhostRedirects: c.LocalhostRedirects,
		Disabled: c.Disabled, Owner: c.Owner,
	})
	return db.PutClientParams{
		ID: c.ID, Names: names, SecretHash: oldSecretHash(c), RedirectUris: list(c.RedirectURIs),
		PostLogoutRedirectUris: list(c.PostLogoutRedirectURIs), Origins: list(c.Origins()), Scopes: list(c.Scopes),
		Purposes: purposes, IDTokenAlg: c.IDTokenAlg, PublicSubject: c.PublicSubject, VoluntaryClaims: list(c.VoluntaryClaims),
		StartUrl: c.StartURL, SecondFactor: c.Policy.SecondFactor, Settings: stored, Sector: c.StoredSector,
		CreatedAt: c.CreateTime, UpdatedAt: c.UpdateTime,
	}, errors.Join(errNames, errPurposes, errSettings)
}

// noSecret is the hash of no secret. The version before takes a client without a hash for a public one.
func noSecret() []byte { return make([]byte, 32) }

// oldSecretHash is what the version before compares a secret with.
func oldSecretHash(c domain.Client) []byte {
	switch {
	case c.Public():
		return nil
	case len(c.Secrets) == 0 || c.Disabled:
		return noSecret()
	}
	return c.Secrets[len(c.Secrets)-1].Hash
}

func readClient(row db.ClientRow) (domain.Client, error) {
	c := domain.Client{
		ID: row.ID, RedirectURIs: row.RedirectUris, PostLogoutRedirectURIs: row.PostLogoutRedirectUris, Scopes: row.Scopes,
		IDTokenAlg: row.IDTokenAlg, PublicSubject: row.PublicSubject, VoluntaryClaims: row.VoluntaryClaims, StartURL: row.StartUrl,
		StoredSector: row.Sector, CreateTime: row.CreatedAt, UpdateTime: row.UpdatedAt,
	}
	var s settings
	err := errors.Join(json.Unmarshal(row.Names, &c.Names), json.Unmarshal(row.Purposes, &c.Purposes), json.Unmarshal(row.Settings, &s))
	if err != nil {
		return c, err
	}
	if s.Type == "" {
		return beforeSettings(c, row), nil
	}
	c.Type, c.AuthMethod, c.PKCE, c.Frontchannel, c.Backchannel = s.Type, s.AuthMethod, s.PKCE, s.Frontchannel, s.Backchannel
	c.GrantTypes, c.LegalBases, c.IDTokenClaims, c.UserinfoAlg = s.GrantTypes, s.LegalBases, s.IDTokenClaims, s.UserinfoAlg
	c.SectorIdentifierURI, c.Audiences, c.JWKS, c.RequestsPerMinute = s.SectorURI, s.Audiences, s.JWKS, s.RequestsPerMinute
	c.LogoURI, c.Contact, c.LocalhostRedirects, c.Disabled, c.Owner = s.LogoURI, s.Contact, s.LocalhostRedirects, s.Disabled, s.Owner
	if s.Policy != nil {
		c.Policy = *s.Policy
	}
	c.Secrets, err = readSecrets(row.Secrets)
	return c, err
}

// beforeSettings is a client as the version before registers it: public without a secret's hash.
func beforeSettings(c domain.Client, row db.ClientRow) domain.Client {
	c.Policy.SecondFactor, c.Policy.EssentialACR = row.SecondFactor, true
	if row.SecretHash == nil {
		c.Type = domain.PublicClient
	} else if !bytes.Equal(row.SecretHash, noSecret()) {
		id := uuid.NewSHA1(uuid.NameSpaceOID, append([]byte(row.ID+" "), row.SecretHash...))
		c.Secrets = []domain.Secret{{ID: id, Hash: row.SecretHash, CreateTime: row.CreatedAt}}
	}
	return c.WithDefaults()
}

func readSecrets(data []byte) ([]domain.Secret, error) {
	var rows []struct {
		ID        uuid.UUID  `json:"id"`
		Hash      []byte     `json:"hash"`
		CreatedAt time.Time  `json:"created_at"`
		ExpiresAt *time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, err
	}
	out := make([]domain.Secret, len(rows))
	for i, r := range rows {
		out[i] = domain.Secret{ID: r.ID, Hash: r.Hash, CreateTime: r.CreatedAt}
		if r.ExpiresAt != nil {
			out[i].ExpireTime = *r.ExpiresAt
		}
	}
	return out, nil
}

package api

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// fromClient is a client of the contract, without what only this service says of one.
func fromClient(c *oidcv1.Client) domain.Client {
	return domain.Client{
		ID: c.GetClientId(), Names: c.GetNames(), Type: fromType(c.GetType()), AuthMethod: c.GetAuthMethod(),
		PKCE: fromPKCE(c.GetPkce()), RedirectURIs: c.GetRedirectUris(), PostLogoutRedirectURIs: c.GetPostLogoutRedirectUris(),
		StartURL:     c.GetStartUrl(),
		Frontchannel: domain.LogoutTarget{URI: c.GetFrontchannelLogoutUri(), Session: c.GetFrontchannelLogoutSessionRequired()},
		Backchannel:  domain.LogoutTarget{URI: c.GetBackchannelLogoutUri(), Session: c.GetBackchannelLogoutSessionRequired()},
		GrantTypes:   c.GetGrantTypes(), Scopes: c.GetScopes(), Purposes: c.GetPurposes(), LegalBases: c.GetLegalBases(),
		VoluntaryClaims: c.GetVoluntaryClaims(), IDTokenAlg: c.GetIdTokenAlg(), IDTokenClaims: c.GetIdTokenClaims(),
		UserinfoAlg: c.GetUserinfoAlg(), PublicSubject: c.GetPublicSubject(), SectorIdentifierURI: c.GetSectorIdentifierUri(),
		Audiences: c.GetAudiences(), JWKS: c.GetJwks(), Policy: fromPolicy(c.GetPolicy()),
		RequestsPerMinute: c.GetRequestsPerMinute(), LogoURI: c.GetLogoUri(), Contact: c.GetContact(),
		LocalhostRedirects: c.GetLocalhostRedirects(), Disabled: c.GetDisabled(),
	}
}

func toClient(c domain.Client) *oidcv1.Client {
	return &oidcv1.Client{
		ClientId: c.ID, Names: c.Names, Type: toType(c.Type), AuthMethod: c.AuthMethod, Pkce: toPKCE(c.PKCE),
		RedirectUris: c.RedirectURIs, PostLogoutRedirectUris: c.PostLogoutRedirectURIs, StartUrl: c.StartURL,
		FrontchannelLogoutUri: c.Frontchannel.URI, FrontchannelLogoutSessionRequired: c.Frontchannel.Session,
		BackchannelLogoutUri: c.Backchannel.URI, BackchannelLogoutSessionRequired: c.Backchannel.Session,
		GrantTypes: c.GrantTypes, Scopes: c.Scopes, Purposes: c.Purposes, LegalBases: c.LegalBases,
		VoluntaryClaims: c.VoluntaryClaims, IdTokenAlg: c.IDTokenAlg, IdTokenClaims: c.IDTokenClaims, UserinfoAlg: c.UserinfoAlg,
		PublicSubject: c.PublicSubject, SectorIdentifierUri: c.SectorIdentifierURI, Audiences: c.Audiences, Jwks: c.JWKS,
		Policy: toPolicy(c.Policy), RequestsPerMinute: c.RequestsPerMinute, LogoUri: c.LogoURI, Contact: c.Contact,
		LocalhostRedirects: c.LocalhostRedirects, Disabled: c.Disabled, Secrets: toSecrets(c.Secrets),
		CreateTime: timestamppb.New(c.CreateTime), UpdateTime: timestamppb.New(c.UpdateTime), Owner: c.Owner,
	}
}

func fromType(t oidcv1.Client_Type) domain.ClientType {
	return map[oidcv1.Client_Type]domain.ClientType{
		oidcv1.Client_PUBLIC: domain.PublicClient, oidcv1.Client_CONFIDENTIAL: domain.ConfidentialClient,
	}[t]
}

func toType(t domain.ClientType) oidcv1.Client_Type {
	if t == domain.PublicClient {
		return oidcv1.Client_PUBLIC
	}
	return oidcv1.Client_CONFIDENTIAL
}

func fromPKCE(p oidcv1.Client_PKCE) domain.PKCEPolicy {
	return map[oidcv1.Client_PKCE]domain.PKCEPolicy{
		oidcv1.Client_REQUIRED: domain.PKCERequired, oidcv1.Client_OPTIONAL: domain.PKCEOptional, oidcv1.Client_OFF: domain.PKCEOff,
	}[p]
}

func toPKCE(p domain.PKCEPolicy) oidcv1.Client_PKCE {
	return map[domain.PKCEPolicy]oidcv1.Client_PKCE{
		domain.PKCERequired: oidcv1.Client_REQUIRED, domain.PKCEOptional: oidcv1.Client_OPTIONAL, domain.PKCEOff: oidcv1.Client_OFF,
	}[p]
}

func fromPolicy(p *oidcv1.ClientPolicy) domain.ClientPolicy {
	return domain.ClientPolicy{
		LowestLevel: p.GetLowestLevel(), ConfirmationMethods: p.GetConfirmationMethods(), SecondFactor: p.GetSecondFactor(),
		EssentialACR: p.GetEssentialAcr(),
	}
}

func toPolicy(p domain.ClientPolicy) *oidcv1.ClientPolicy {
	return &oidcv1.ClientPolicy{
		LowestLevel: p.LowestLevel, ConfirmationMethods: p.ConfirmationMethods, SecondFactor: p.SecondFactor,
		EssentialAcr: p.EssentialACR,
	}
}

func toSecrets(list []domain.Secret) []*oidcv1.ClientSecret {
	var out []*oidcv1.ClientSecret
	for _, s := range list {
		one := &oidcv1.ClientSecret{SecretId: s.ID.String(), CreateTime: timestamppb.New(s.CreateTime)}
		if !s.ExpireTime.IsZero() {
			one.ExpireTime = timestamppb.New(s.ExpireTime)
		}
		out = append(out, one)
	}
	return out
}

// fixed are the members that nobody changes by themselves.
func fixed(path string) bool {
	switch path {
	case "client_id", "secrets", "create_time", "update_time", "owner":
		return true
	}
	return false
}

// checkMask refuses members that there are not, and those that cannot be changed.
func checkMask(mask *fieldmaskpb.FieldMask) error {
	var wrong errs.Fields
	members := (&oidcv1.Client{}).ProtoReflect().Descriptor().Fields()
	for _, path := range mask.GetPaths() {
		switch {
		case members.ByName(protoreflect.Name(path)) == nil:
			wrong.Add("update_mask", errorsv1.Reason_FIELD_UNKNOWN)
		case fixed(path):
			wrong.Add(path, errorsv1.Reason_FIELD_NOT_EDITABLE)
		}
	}
	return wrong.Err()
}

// merge is a client with the members of the mask taken from another.
func merge(before domain.Client, from *oidcv1.Client, mask *fieldmaskpb.FieldMask) domain.Client {
	into := proto.CloneOf(toClient(before))
	target, source := into.ProtoReflect(), from.ProtoReflect()
	for _, path := range mask.GetPaths() {
		field := target.Descriptor().Fields().ByName(protoreflect.Name(path))
		if source.Has(field) {
			target.Set(field, source.Get(field))
		} else {
			target.Clear(field)
		}
	}
	out := fromClient(into)
	out.Secrets = before.Secrets
	return out
}

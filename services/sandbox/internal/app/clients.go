package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
)

// developers are who owns the clients that are made here; those of others are shown to nobody.
const developers = "sandbox"

// ClientView is a developer's client with what the server does to it.
type ClientView struct {
	*oidcv1.Client
	Misbehaviour *oidcv1.Misbehaviour
	// Secret is the client's, which is shown once; empty: it is not known any more, or there is none.
	Secret string
}

// Name is what people know it by, in a language.
func (c ClientView) Name(lang string) string { return c.GetNames()[lang] }

// CreateClient makes a developer's client.
func (a *App) CreateClient(ctx context.Context, s *sandboxv1.ClientSettings) (ClientView, error) {
	client, err := clientOf(s)
	if err != nil {
		return ClientView{}, err
	}
	made, err := a.OIDC.CreateClient(ctx, &oidcv1.CreateClientRequest{Client: client})
	if err != nil {
		return ClientView{}, inTheirNames(err)
	}
	return ClientView{Client: made.GetClient(), Secret: made.GetClientSecret(), Misbehaviour: &oidcv1.Misbehaviour{}}, nil
}

// Clients is a page of the developers' clients, and the token of the next.
func (a *App) Clients(ctx context.Context, q paging.Query) ([]*oidcv1.Client, string, error) {
	page, err := a.OIDC.ListClients(ctx, &oidcv1.ListClientsRequest{Owner: developers, PageSize: q.Size, PageToken: q.Token})
	return page.GetClients(), page.GetNextPageToken(), err
}

// Client is one of them.
func (a *App) Client(ctx context.Context, id string) (ClientView, error) {
	c, err := a.developersClient(ctx, id)
	if err != nil {
		return ClientView{}, err
	}
	m, err := a.OIDC.GetMisbehaviour(ctx, &oidcv1.GetMisbehaviourRequest{ClientId: id})
	return ClientView{Client: c, Misbehaviour: m}, err
}

// developersClient finds a client that a developer has made: others there are not, as far as anybody learns here.
func (a *App) developersClient(ctx context.Context, id string) (*oidcv1.Client, error) {
	if len(id) > maxClientID {
		return nil, errNoClient()
	}
	c, err := a.OIDC.GetClient(ctx, &oidcv1.GetClientRequest{ClientId: id})
	if errs.Is(err, errorsv1.Reason_CLIENT_UNKNOWN) || err == nil && c.GetOwner() != developers {
		return nil, errNoClient()
	}
	return c, err
}

// maxClientID is longer than any client's identifier.
const maxClientID = 64

func errNoClient() error { return errs.New(errorsv1.Reason_CLIENT_NOT_FOUND, "no such client") }

// UpdateClient changes the members of a developer's client that are named: as the settings name them.
func (a *App) UpdateClient(
	ctx context.Context, id string, s *sandboxv1.ClientSettings, members []string,
) (ClientView, error) {
	if _, err := a.developersClient(ctx, id); err != nil {
		return ClientView{}, err
	}
	client, err := clientOf(s)
	if err != nil {
		return ClientView{}, err
	}
	client.ClientId = id
	mask := &fieldmaskpb.FieldMask{}
	for _, m := range members {
		if m == "name" {
			m = "names"
		}
		mask.Paths = append(mask.Paths, m)
	}
	if len(mask.Paths) > 0 {
		if _, err = a.OIDC.UpdateClient(ctx, &oidcv1.UpdateClientRequest{Client: client, UpdateMask: mask}); err != nil {
			return ClientView{}, inTheirNames(err)
		}
	}
	return a.Client(ctx, id)
}

// DeleteClient removes one.
func (a *App) DeleteClient(ctx context.Context, id string) error {
	if _, err := a.developersClient(ctx, id); err != nil {
		return err
	}
	_, err := a.OIDC.DeleteClient(ctx, &oidcv1.DeleteClientRequest{ClientId: id})
	return err
}

// ClientRequests is a page of what a client asked, newest first, and the token of the next.
func (a *App) ClientRequests(ctx context.Context, id string, q paging.Query) ([]*oidcv1.ClientRequest, string, error) {
	if _, err := a.developersClient(ctx, id); err != nil {
		return nil, "", err
	}
	page, err := a.OIDC.ListClientRequests(ctx, &oidcv1.ListClientRequestsRequest{
		ClientId: id, PageSize: q.Size, PageToken: q.Token,
	})
	return page.GetRequests(), page.GetNextPageToken(), err
}

// Misbehave has the server misbehave for a client.
func (a *App) Misbehave(ctx context.Context, id string, s *sandboxv1.MisbehaviourSettings) (*oidcv1.Misbehaviour, error) {
	if _, err := a.developersClient(ctx, id); err != nil {
		return nil, err
	}
	return a.OIDC.SetMisbehaviour(ctx, &oidcv1.SetMisbehaviourRequest{
		ClientId: id, Kinds: s.GetKinds(), Duration: s.GetDuration(),
	})
}

// MisbehaviourKinds are the ways in which it can.
func (a *App) MisbehaviourKinds(ctx context.Context) ([]*oidcv1.MisbehaviourKind, error) {
	list, err := a.OIDC.ListMisbehaviourKinds(ctx, &oidcv1.ListMisbehaviourKindsRequest{})
	return list.GetKinds(), err
}

// clientOf is a client of these settings.
func clientOf(s *sandboxv1.ClientSettings) (*oidcv1.Client, error) {
	c := &oidcv1.Client{
		Names: map[string]string{"ru": s.GetName(), "en": s.GetName()}, Type: s.GetType(), RedirectUris: s.GetRedirectUris(),
		AuthMethod: s.GetAuthMethod(), Pkce: s.GetPkce(), IdTokenAlg: s.GetIdTokenAlg(), IdTokenClaims: s.GetIdTokenClaims(),
		Scopes: s.GetScopes(), PostLogoutRedirectUris: s.GetPostLogoutRedirectUris(),
		BackchannelLogoutUri: s.GetBackchannelLogoutUri(), FrontchannelLogoutUri: s.GetFrontchannelLogoutUri(),
		LocalhostRedirects: s.GetLocalhostRedirects(), GrantTypes: s.GetGrantTypes(), UserinfoAlg: s.GetUserinfoAlg(),
		Audiences: s.GetAudiences(),
	}
	var err error
	c.Jwks, err = jwksText(s.GetJwks())
	return c, err
}

func jwksText(keys *structpb.Struct) (string, error) {
	if keys == nil {
		return "", nil
	}
	text, err := protojson.Marshal(keys)
	return string(text), err
}

// inTheirNames tells what is wrong with a client by the names that the settings have here, each once.
func inTheirNames(err error) error {
	e, ok := errs.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	var fields errs.Fields
	for _, f := range e.Fields {
		if strings.HasPrefix(f.Name, "names") {
			f.Name, f.Pointer = "name", ""
		}
		same := func(other errs.Field) bool { return fmt.Sprint(other) == fmt.Sprint(f) }
		if !slices.ContainsFunc(fields, same) {
			fields = append(fields, f)
		}
	}
	return fields.Err()
}

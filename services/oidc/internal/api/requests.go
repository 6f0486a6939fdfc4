package api

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/paging"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
)

// ListClientRequests returns a page of a client's log.
func (s *Server) ListClientRequests(
	ctx context.Context, r *oidcv1.ListClientRequestsRequest,
) (*oidcv1.ListClientRequestsResponse, error) {
	c, err := s.app.StoredClient(ctx, r.GetClientId())
	if err != nil {
		return nil, err
	}
	list, next, err := s.app.LoggedRequests(ctx, c.ID, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &oidcv1.ListClientRequestsResponse{NextPageToken: next}
	settings := settingsOf(c)
	for _, entry := range list {
		out.Requests = append(out.Requests, loggedRequest(entry, settings))
	}
	return out, nil
}

func loggedRequest(r domain.LoggedRequest, settings map[string]string) *oidcv1.ClientRequest {
	out := &oidcv1.ClientRequest{
		Id: r.ID.String(), CallTime: timestamppb.New(r.Time), Endpoint: r.Endpoint, Method: r.Method, Status: int32(r.Status),
		AuthMethod: r.AuthMethod, Error: r.Error, ToPages: r.ToPages, Skipped: int32(r.Skipped), RequestId: r.RequestID,
	}
	for _, p := range r.Params {
		out.Parameters = append(out.Parameters, &oidcv1.RequestParameter{Name: p.Name, Value: p.Value, Hidden: int32(p.Hidden)})
	}
	if r.Reason != "" {
		a := requestlog.AdviceFor(r.Reason, settings)
		out.Advice = &oidcv1.Advice{Code: a.Code, Reason: a.Reason, Expected: a.Expected, Fix: a.Fix}
	}
	return out
}

// settingsOf are those of a client's settings that advice tells.
func settingsOf(c domain.Client) map[string]string {
	return map[string]string{
		"client_id":                 c.ID,
		"redirect_uris":             strings.Join(c.RedirectURIs, " "),
		"post_logout_redirect_uris": strings.Join(c.PostLogoutRedirectURIs, " "),
		"scopes":                    strings.Join(c.Scopes, " "),
		"auth_method":               authMethods(c),
		"pkce":                      strings.ToUpper(string(c.PKCE)),
		"grant_types":               strings.Join(c.GrantTypes, " "),
	}
}

// authMethods are those by which a client may authenticate: one of client_secret_post may use HTTP Basic as well.
func authMethods(c domain.Client) string {
	if c.AuthMethod == domain.AuthSecretPost {
		return domain.AuthSecretBasic + ", " + domain.AuthSecretPost
	}
	return c.AuthMethod
}

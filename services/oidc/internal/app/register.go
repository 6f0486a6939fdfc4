package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// Registration is a client after a change of it.
type Registration struct {
	Client domain.Client
	// Secret is one that was made; empty: none was.
	Secret secret.String
	// SecretID is that of the secret.
	SecretID string
	// Changed are the settings that differ from before, by their names in the contract.
	Changed []string
	// Created: there was no such client before.
	Created bool
}

// CreateClient registers a developer's client under an id that is made here, with a secret if it authenticates by one. It accepts
// what libraries do of themselves: a secret in the form, and no PKCE where there is a nonce.
func (a *App) CreateClient(ctx context.Context, c domain.Client) (Registration, error) {
	if !a.Sandbox {
		return Registration{}, errNoSandbox()
	}
	if c.ID != "" {
		return Registration{}, errField("client_id", errorsv1.Reason_FIELD_NOT_EDITABLE)
	}
	c.ID, c.Owner = "app-"+secret.NewRandomID(), domain.OwnerSandbox
	c = sandboxDefaults(c)
	var out Registration
	if c.UsesSecret() {
		made, plain := a.newSecret(time.Time{})
		c.Secrets, out.Secret, out.SecretID = []domain.Secret{made}, plain, made.ID.String()
	}
	if err := a.checkRoom(ctx); err != nil {
		return Registration{}, err
	}
	changed, err := a.change(ctx, c.ID, func(domain.Client, bool) (domain.Client, error) { return c, nil })
	out.Client, out.Changed, out.Created = changed.Client, changed.Changed, true
	return out, err
}

// checkRoom bounds the clients of developers. Two that come at once may both be let in: what counts is that there is an end.
func (a *App) checkRoom(ctx context.Context) error {
	n, err := a.Store.CountClientsOf(ctx, domain.OwnerSandbox)
	if err == nil && n >= a.MaxSandboxClients {
		err = errs.New(errorsv1.Reason_CLIENT_LIMIT, "the sandbox has as many clients as it may: delete some").With("limit", a.MaxSandboxClients)
	}
	return err
}

// sandboxDefaults fill in what a developer left open.
func sandboxDefaults(c domain.Client) domain.Client {
	open := c.AuthMethod == ""
	unsaid := c.PKCE == ""
	c = c.WithDefaults()
	if open && !c.Public() {
		c.AuthMethod = domain.AuthSecretPost
	}
	if unsaid && !c.Public() {
		c.PKCE = domain.PKCEOptional
	}
	if len(c.Scopes) == 0 {
		c.Scopes = domain.Scopes()
	}
	if len(c.Purposes) == 0 {
		c.Purposes = sandboxPurposes()
	}
	return c
}

// ApplyCommand is a client as it is to be.
type ApplyCommand struct {
	Client domain.Client
	// Secrets are those that it is to have, by value; none: those that it has stay.
	Secrets []PlainSecret
	// DryRun: nothing is changed.
	DryRun bool
}

// PlainSecret is a secret that the caller has chosen.
type PlainSecret struct {
	Value      secret.String
	ExpireTime time.Time
}

// ApplyClient makes a client what it is to be. Once it is so, the same again changes nothing.
func (a *App) ApplyClient(ctx context.Context, cmd ApplyCommand) (Registration, error) {
	if rpc.CallerOf(ctx) == sandboxService && !a.Sandbox {
		return Registration{}, errNoSandbox()
	}
	next := func(before domain.Client, _ bool) (domain.Client, error) {
		c := cmd.Client.WithDefaults()
		c.Secrets = before.Secrets
		if len(cmd.Secrets) == 0 {
			return c, nil
		}
		var err error
		c.Secrets, err = a.chosenSecrets(before, cmd.Secrets)
		return c, err
	}
	if !cmd.DryRun {
		return a.change(ctx, cmd.Client.ID, next)
	}
	before, found, err := a.Store.Client(ctx, cmd.Client.ID)
	if err != nil {
		return Registration{}, err
	}
	return a.settle(before, found, next)
}

// ChangeClient changes settings of a client.
func (a *App) ChangeClient(
	ctx context.Context, id string, next func(domain.Client) (domain.Client, error),
) (Registration, error) {
	return a.change(ctx, id, func(before domain.Client, found bool) (domain.Client, error) {
		if err := mayChange(ctx, before, found); err != nil {
			return before, err
		}
		return next(before)
	})
}

// change stores what becomes of a client, tells of it, and forgets what was remembered of it.
func (a *App) change(
	ctx context.Context, id string, next func(before domain.Client, found bool) (domain.Client, error),
) (out Registration, err error) {
	defer a.forgetClient(id)
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, found, err := tx.LockClient(ctx, id)
		if err != nil {
			return err
		}
		if out, err = a.settle(before, found, next); err != nil || len(out.Changed) == 0 && found {
			return err
		}
		if err := tx.PutClient(ctx, out.Client); err != nil {
			return err
		}
		return tx.Emit(ctx, id, &eventsv1.ClientChanged{ClientId: id, Changed: out.Changed})
	})
	return out, err
}

// settle finds what becomes of a client, or what is wrong with it. Times, the sector and who registered it are not for the caller to
// say.
func (a *App) settle(
	before domain.Client, found bool, next func(before domain.Client, found bool) (domain.Client, error),
) (Registration, error) {
	c, err := next(before, found)
	if err != nil {
		return Registration{}, err
	}
	now := a.Now()
	c.StoredSector, c.CreateTime, c.UpdateTime = c.NewSector(), now, now
	if found {
		c.StoredSector, c.CreateTime, c.Owner = before.Sector(), before.CreateTime, before.Owner
	}
	c = c.WithDefaults()
	if !c.UsesSecret() {
		c.Secrets = nil
	}
	c.Secrets = c.LiveSecrets(now)
	if err := c.Check(); err != nil {
		return Registration{}, err
	}
	before.Secrets = before.LiveSecrets(now)
	return Registration{Client: c, Changed: domain.Changes(before, c), Created: !found}, nil
}

func (a *App) forgetClient(id string) {
	a.clients.drop(id)
	a.origins.clear()
}

// sandboxService is who registers clients for developers.
const sandboxService = "sandbox"

// mayChange keeps the sandbox's developers from the clients that others have registered.
func mayChange(ctx context.Context, c domain.Client, found bool) error {
	switch {
	case !found:
		return errUnknownClient()
	case rpc.CallerOf(ctx) == sandboxService && c.Owner != domain.OwnerSandbox:
		return errs.New(errorsv1.Reason_PERMISSION_DENIED, "the client is not a developer's")
	}
	return nil
}

func errNoSandbox() error {
	return errs.New(errorsv1.Reason_PERMISSION_DENIED, "this is not a sandbox")
}

func errField(name string, reason errorsv1.Reason) error {
	var wrong errs.Fields
	wrong.Add(name, reason)
	return wrong.Err()
}

// StoredClient is a client as it is stored now.
func (a *App) StoredClient(ctx context.Context, id string) (domain.Client, error) {
	c, found, err := a.Store.Client(ctx, id)
	if err == nil && !found {
		err = errUnknownClient()
	}
	return c, err
}

// ListClients is a page of the clients that an owner has registered, empty: of all, by id, and the token of the next.
func (a *App) ListClients(ctx context.Context, owner string, q paging.Query) ([]domain.Client, string, error) {
	page, err := paging.List[string]{Keys: a.Keys, Name: "clients"}.Page(owner, q)
	if err != nil {
		return nil, "", err
	}
	list, err := a.Store.Clients(ctx, owner, page.After, page.Limit())
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(c domain.Client) string { return c.ID })
}

// disable is a client that gets nothing any more.
func disable(c domain.Client) (domain.Client, error) {
	c.Disabled = true
	return c, nil
}

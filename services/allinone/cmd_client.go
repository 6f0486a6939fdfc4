package allinone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/backup"
	"github.com/propusk-id/propusk/pkg/pg"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc"
)

// clientCommand is what an operator does about partners' clients. It needs the database alone.
type clientCommand struct {
	Apply  clientApplyCommand  `cmd:"" help:"Make clients what a file says; without --yes only show what would change."`
	Export clientExportCommand `cmd:"" help:"Print the operator's clients as such a file. It has no secret in it."`
	List   clientListCommand   `cmd:"" help:"Show all clients."`
	Show   clientShowCommand   `cmd:"" help:"Show one client, and its secrets by id and time."`
	Delete clientDeleteCommand `cmd:"" help:"Remove a client: nothing that it was issued is of use any more."`
	Secret struct {
		Add    secretAddCommand    `cmd:"" help:"Make one more secret and print it, this once."`
		Remove secretRemoveCommand `cmd:"" help:"End a secret at once."`
	} `cmd:"" help:"The secrets of a client: several at once, while they change."`
	Requests clientRequestsCommand `cmd:"" help:"Show what a client asked lately, and why it was refused."`
}

type clientListCommand struct{}

// Run prints a line for each.
func (clientListCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(o oidc.Operator) error {
		all, err := allClients(ctx, o, "")
		if err != nil {
			return err
		}
		return printClients(os.Stdout, all)
	})
}

func printClients(w io.Writer, all []*oidcv1.Client) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLIENT\tTYPE\tAUTH\tSECRETS\tOWNER\tSTATE\tCHANGED\tNAME")
	for _, c := range all {
		state := "enabled"
		if c.GetDisabled() {
			state = "disabled"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", c.GetClientId(), c.GetType(), c.GetAuthMethod(), len(c.GetSecrets()),
			c.GetOwner(), state, c.GetUpdateTime().AsTime().UTC().Format(time.RFC3339), c.GetNames()["en"])
	}
	return t.Flush()
}

// allClients are an owner's; empty: everybody's.
func allClients(ctx context.Context, o oidc.Operator, owner string) (all []*oidcv1.Client, err error) {
	r := &oidcv1.ListClientsRequest{Owner: owner}
	for {
		page, err := o.ListClients(ctx, r)
		if err != nil {
			return nil, err
		}
		all = append(all, page.GetClients()...)
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			return all, nil
		}
	}
}

type clientShowCommand struct {
	ID string `arg:"" help:"The client_id."`
}

// Run prints all of it.
func (c clientShowCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(o oidc.Operator) error {
		client, err := o.GetClient(ctx, &oidcv1.GetClientRequest{ClientId: c.ID})
		if err != nil {
			return err
		}
		text, err := clientsYAML([]*oidcv1.Client{client})
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(text); err != nil {
			return err
		}
		return printSecrets(os.Stdout, client.GetSecrets())
	})
}

func printSecrets(w io.Writer, secrets []*oidcv1.ClientSecret) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SECRET\tMADE\tEXPIRES")
	for _, s := range secrets {
		expires := "never"
		if s.GetExpireTime() != nil {
			expires = s.GetExpireTime().AsTime().UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.GetSecretId(), s.GetCreateTime().AsTime().UTC().Format(time.RFC3339), expires)
	}
	return t.Flush()
}

type clientDeleteCommand struct {
	ID  string `arg:"" help:"The client_id."`
	Yes bool   `help:"Do it: what people agreed to for the client is forgotten, and nothing brings it back."`
}

// Run removes it.
func (c clientDeleteCommand) Run(ctx context.Context) error {
	if !c.Yes {
		return errors.New("nothing was removed: give --yes if that is meant, or set `disabled: true` by client apply")
	}
	return withClients(ctx, func(o oidc.Operator) error {
		_, err := o.DeleteClient(ctx, &oidcv1.DeleteClientRequest{ClientId: c.ID})
		return err
	})
}

type secretAddCommand struct {
	ID string `arg:"" help:"The client_id."`
	// Expires and OthersExpire count from now.
	Expires      time.Duration `help:"How long the new secret lasts, like 2160h; left out: it does not expire."`
	OthersExpire time.Duration `help:"How long the secrets that it has go on working beside the new one, like 24h; left out: as before."`
}

// Run prints the secret: nobody can read it later.
func (c secretAddCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(o oidc.Operator) error {
		made, err := o.AddClientSecret(ctx, &oidcv1.AddClientSecretRequest{
			ClientId: c.ID, ExpireTime: fromNow(c.Expires), OthersExpireTime: fromNow(c.OthersExpire),
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Secret %s of %s. It is shown this once:\n", made.GetSecretId(), c.ID)
		_, err = fmt.Fprintln(os.Stdout, made.GetClientSecret())
		return err
	})
}

func fromNow(d time.Duration) *timestamppb.Timestamp {
	if d == 0 {
		return nil
	}
	return timestamppb.New(time.Now().Add(d))
}

type secretRemoveCommand struct {
	ID       string `arg:"" help:"The client_id."`
	SecretID string `arg:"" help:"The secret's id, as show lists it."`
}

// Run ends it.
func (c secretRemoveCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(o oidc.Operator) error {
		_, err := o.DeleteClientSecret(ctx, &oidcv1.DeleteClientSecretRequest{ClientId: c.ID, SecretId: c.SecretID})
		return err
	})
}

type clientRequestsCommand struct {
	ID    string `arg:"" help:"The client_id."`
	Count int32  `help:"How many of the last requests." default:"20"`
}

// Run prints them, newest first.
func (c clientRequestsCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(o oidc.Operator) error {
		page, err := o.ListClientRequests(ctx, &oidcv1.ListClientRequestsRequest{ClientId: c.ID, PageSize: c.Count})
		if err != nil {
			return err
		}
		for _, r := range page.GetRequests() {
			printRequest(os.Stdout, r)
		}
		return nil
	})
}

func printRequest(w io.Writer, r *oidcv1.ClientRequest) {
	fmt.Fprintf(w, "%s  %s  %d  %s  %s\n", r.GetCallTime().AsTime().UTC().Format(time.RFC3339), r.GetEndpoint(), r.GetStatus(),
		r.GetAuthMethod(), r.GetError())
	if a := r.GetAdvice(); a != nil {
		fmt.Fprintf(w, "  %s: %s\n  Expected: %s\n  Fix: %s\n", a.GetCode(), a.GetReason()["en"], a.GetExpected()["en"], a.GetFix()["en"])
	}
}

// withClients connects as administrator, to DATABASE_URL or to the one process's own database, and works as oidc's role there.
func withClients(ctx context.Context, do func(o oidc.Operator) error) error {
	shared, err := loadShared()
	if err != nil {
		return err
	}
	if shared.DatabaseURL.IsZero() && shared.DatabaseAdminURL.IsZero() {
		return onOneProcess(ctx, whileItRuns, func(i backup.Installation, _ backup.Keys) error {
			return onClients(ctx, i.Database, do)
		})
	}
	if shared, err = asAdministrator(shared); err != nil {
		return err
	}
	return onClients(ctx, shared.AdminDatabase(), do)
}

// commandConns is how many connections a command takes beside those of the services.
const commandConns = 2

func onClients(ctx context.Context, d pg.Database, do func(o oidc.Operator) error) error {
	pool, err := pg.Open(ctx, pg.Options{
		URL: d.AdminURL, Installation: d.Installation, Service: oidc.Service().Name, SetRole: true, MaxConns: commandConns,
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	return do(oidc.NewOperator(pool, time.Now))
}

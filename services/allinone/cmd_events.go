package allinone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
)

// eventsCommand is what an operator does about events. It needs no NATS.
type eventsCommand struct {
	Replay eventsReplayCommand `cmd:"" help:"Publish events again that were sent in the last seven days: after NATS lost its data, and migrate has made the streams."`
	Dead   struct {
		List  deadListCommand  `cmd:"" help:"Show the events that could not be handled."`
		Retry deadRetryCommand `cmd:"" help:"Have them handled again."`
		Drop  deadDropCommand  `cmd:"" help:"Give them up."`
	} `cmd:"" help:"Events that a service could not handle."`
}

type eventsReplayCommand struct {
	From time.Time `required:"" help:"Events that were sent at or after this instant, like 2026-11-26T12:00:00Z."`
}

// Run marks the events as unsent; the services' relays publish them.
func (c eventsReplayCommand) Run(ctx context.Context) error {
	return withEvents(ctx, func(a events.Admin) error {
		n, err := a.Replay(ctx, c.From)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(os.Stdout, "%d events are published again; propusk_outbox_oldest_unsent_seconds tells when they are done.\n", n)
		return err
	})
}

type deadListCommand struct{}

// Run prints all dead letters.
func (deadListCommand) Run(ctx context.Context) error {
	return withEvents(ctx, func(a events.Admin) error {
		letters, err := a.DeadLetters(ctx)
		if err != nil {
			return err
		}
		return printLetters(os.Stdout, letters)
	})
}

// chosen are the dead letters that a command is about.
type chosen struct {
	IDs []uuid.UUID `arg:"" optional:"" name:"id" help:"Ids of events, as list shows them."`
	All bool        `help:"All of them."`
}

func (c chosen) check() error {
	if c.All == (len(c.IDs) > 0) {
		return errors.New("name the events' ids, or give --all")
	}
	return nil
}

type deadRetryCommand struct{ chosen }

// Run asks the consumers, which look every two seconds.
func (c deadRetryCommand) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	return withEvents(ctx, func(a events.Admin) error {
		letters, err := a.RetryDeadLetters(ctx, c.IDs...)
		if err != nil {
			return err
		}
		return printLetters(os.Stdout, letters)
	})
}

type deadDropCommand struct {
	chosen
	Reason string `required:"" help:"Why: it is printed with what was dropped, for your records."`
}

// Run deletes them.
func (c deadDropCommand) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	return withEvents(ctx, func(a events.Admin) error {
		letters, err := a.DropDeadLetters(ctx, c.IDs...)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(os.Stdout, "Dropped: %s\n", c.Reason); err != nil {
			return err
		}
		return printLetters(os.Stdout, letters)
	})
}

func printLetters(w io.Writer, letters []events.DeadLetter) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(t, "CONSUMER\tEVENT\tTYPE\tFAILED\tRETRY\tERROR"); err != nil {
		return err
	}
	for _, l := range letters {
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%t\t%s\n",
			l.Consumer, l.EventID, l.Type, l.FailedAt.UTC().Format(time.RFC3339), l.Retry, l.Error); err != nil {
			return err
		}
	}
	return t.Flush()
}

// withEvents connects as administrator: to DATABASE_URL, or to the one process's own database.
func withEvents(ctx context.Context, do func(a events.Admin) error) error {
	return withDatabase(ctx, func(address string) error { return onEvents(ctx, address, do) })
}

func onEvents(ctx context.Context, address string, do func(a events.Admin) error) error {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return err
	}
	defer pool.Close()
	var schemas []string
	for _, s := range Services() {
		if s.Migrations != nil {
			schemas = append(schemas, s.Name)
		}
	}
	return do(events.Admin{Pool: pool, Schemas: schemas})
}

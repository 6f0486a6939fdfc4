// Package consume records every event of every service.
package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
)

// atOnce is many, since the application writes what comes together in one transaction.
const atOnce = 64

// Register has the application record all events. The record's own UNIQUE event id makes a delivery count once,
// in place of the inbox.
func Register(c *events.Consumer, a *app.App) {
	c.AtOnce(atOnce)
	events.OnAll(c, func(ctx context.Context, d events.Delivery) error {
		return a.Add(ctx, domain.Record{
			EventID: d.ID, Type: d.Type, Producer: d.Producer, Aggregate: d.AggregateID,
			Actor: d.Actor, Time: d.Time, Data: d.Data,
		})
	})
}

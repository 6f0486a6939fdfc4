// Package consume records every event of every service.
package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
)

// atOnce is large, since events that arrive together are written in one transaction: it bounds how many a second are written
// when a busy machine makes each write, with its way there and back, take a second.
const atOnce = 256

// Register has the application record all events. The record's UNIQUE event id takes the place of the inbox: a repeated
// delivery has no second effect.
func Register(c *events.Consumer, a *app.App) {
	c.AtOnce(atOnce)
	events.OnAll(c, func(ctx context.Context, d events.Delivery) error {
		return a.Add(ctx, domain.Record{
			EventID: d.ID, Type: d.Type, Producer: d.Producer, Aggregate: d.AggregateID,
			Actor: d.Actor, Time: d.Time, Data: d.Data,
		})
	})
}

// Package interceptors shows what can be written with actor.Intercept and actor.InterceptSends: tracing, metrics, a rate limit
// and a check of the caller. docs/interceptors.md tells of each.
//
// Its actors are a small shop. A Desk takes orders, a Stock has the goods, and a Ledger, which may be in another proc, keeps the
// books.
package interceptors

import (
	"context"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go run github.com/actorgen/actorgen/cmd/actorgen

// A Desk takes orders.
//
//actor:actor
type Desk struct {
	Stock StockRef
}

// Order takes n of an item from the stock.
//
//actor:handler
func (d *Desk) Order(ctx *actor.Context, item string, n int) error {
	return d.Stock.Take(ctx, item, n)
}

// A Stock has the goods.
//
//actor:actor
type Stock struct {
	Left   map[string]int
	Ledger LedgerRef
}

// Take takes n of an item, and has that booked.
//
//actor:handler
func (s *Stock) Take(ctx *actor.Context, item string, n int) error {
	if s.Left[item] < n {
		return &SoldOut{Item: item}
	}
	s.Left[item] -= n
	return s.Ledger.Book(ctx, item, n)
}

// SoldOut is the error of an order for more than there is.
//
//actor:error
type SoldOut struct{ Item string }

func (e *SoldOut) Error() string { return fmt.Sprintf("%s: sold out", e.Item) }

// A Ledger keeps the books.
//
//actor:actor
type Ledger struct {
	booked int
}

// Book notes that n of an item are gone.
//
//actor:handler oneway
func (l *Ledger) Book(ctx context.Context, item string, n int) { l.booked += n }

// Booked returns how many have been booked.
//
//actor:handler
func (l *Ledger) Booked(ctx context.Context) (int, error) { return l.booked, nil }

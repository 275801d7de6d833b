// Package market holds an order book as an actor: orders come as calls, subscribers follow it in sessions, and the trades can be
// read as a stream.
//
// The book has no lock. A turn is whatever a handler does between two waits, and turns of one actor never overlap: Place matches an order in one turn,
// and each subscriber's session has a handler that takes a turn to send what is new, and gives it up while it waits. See subscribe.go.
package market

import (
	"context"
	"iter"
	"slices"
)

// A Book matches orders: the best price first, and at one price the order that has come first.
//
//actor:actor
type Book struct {
	bids, asks ladder
	orders     uint64
	ordered    Quantity
	traded     Quantity
	trades     []Trade // all of them; a book that lives longer than a day would write them to a file

	// For subscribers.
	history     history
	changed     chan struct{} // closed, and replaced, when there is more in the history
	subscribers map[*subscriber]struct{}
	sent        uint64
	failed      []Ending
}

// NewBook returns an empty book. It keeps so many changes for subscribers that are behind.
func NewBook(kept int) *Book {
	return &Book{
		bids: ladder{side: Buy}, asks: ladder{side: Sell},
		history: history{ring: make([]Update, kept)}, changed: make(chan struct{}), subscribers: make(map[*subscriber]struct{}),
	}
}

// Place matches an order with those that rest, and has what is left of it rest, too. It fails with a *BadOrder.
//
//actor:handler
func (b *Book) Place(ctx context.Context, order Order) (Receipt, error) {
	if err := order.check(); err != nil {
		return Receipt{}, err
	}
	b.orders++
	b.ordered += order.Quantity
	receipt := Receipt{Order: b.orders, Resting: order.Quantity}
	own, other := &b.bids, &b.asks
	if order.Side == Sell {
		own, other = other, own
	}
	for receipt.Resting > 0 {
		best := other.best(order.Price)
		if best == nil {
			break
		}
		filled := b.match(order.Side, best, receipt)
		receipt.Filled += filled
		receipt.Resting -= filled
		if best.total == 0 {
			other.dropBest()
		}
		b.history.add(Update{Side: other.side, Price: best.price, Quantity: best.total})
	}
	if receipt.Resting > 0 {
		total := own.add(order.Price, resting{receipt.Order, receipt.Resting})
		b.history.add(Update{Side: own.side, Price: order.Price, Quantity: total})
	}
	close(b.changed)
	b.changed = make(chan struct{})
	return receipt, nil
}

// match trades what is left of an order with those of one price. It returns how much was traded.
func (b *Book) match(side Side, at *rung, taker Receipt) (filled Quantity) {
	for len(at.orders) > 0 && filled < taker.Resting {
		maker := &at.orders[0]
		n := min(taker.Resting-filled, maker.quantity)
		b.trades = append(b.trades, Trade{
			Number: uint64(len(b.trades)) + 1, Taker: taker.Order, Maker: maker.order, Side: side, Price: at.price, Quantity: n,
		})
		filled += n
		if maker.quantity -= n; maker.quantity == 0 {
			at.orders = at.orders[1:]
		}
	}
	at.total -= filled
	b.traded += filled
	return filled
}

// Depth returns the best levels of each side, at most so many; 0 is all.
//
// It is short and waits for nobody, so it is inline: where the book is idle, the caller runs it.
//
//actor:handler inline
func (b *Book) Depth(ctx context.Context, levels int) (Snapshot, error) {
	return b.snapshot(Filter{}, levels), nil
}

// snapshot returns what the filter passes, at most so many levels.
func (b *Book) snapshot(filter Filter, levels int) Snapshot {
	return Snapshot{Number: b.history.last, Bids: b.bids.levels(filter, levels), Asks: b.asks.levels(filter, levels)}
}

// Trades yields the trades from that number on, up to the last one there is.
//
// It is a stream: where its reader is slower, it waits, and the book goes on meanwhile.
//
//actor:handler
func (b *Book) Trades(ctx context.Context, since uint64) iter.Seq2[Trade, error] {
	return func(yield func(Trade, error) bool) {
		for n := max(since, 1); n <= uint64(len(b.trades)); n++ {
			if !yield(b.trades[n-1], nil) {
				return
			}
		}
	}
}

// Figures is how a book is doing.
type Figures struct {
	Orders      uint64
	Ordered     Quantity // by all orders together
	Trades      uint64
	Traded      Quantity // by all trades together
	Updates     uint64   // the number of the last one
	Sent        uint64   // to all subscribers together
	Subscribers int
	Behind      uint64   // how many updates the last of them is to be sent
	Failed      []Ending // sessions that have failed, the last 16 of them
}

// Figures returns how the book is doing.
//
//actor:handler inline
func (b *Book) Figures(ctx context.Context) (Figures, error) {
	f := Figures{
		Orders: b.orders, Ordered: b.ordered, Trades: uint64(len(b.trades)), Traded: b.traded,
		Updates: b.history.last, Sent: b.sent, Subscribers: len(b.subscribers), Failed: slices.Clone(b.failed),
	}
	for s := range b.subscribers {
		f.Behind = max(f.Behind, b.history.last+1-s.next)
	}
	return f, nil
}

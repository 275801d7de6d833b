package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/remote"
)

// How many changes the book keeps for subscribers that are behind, and how far behind one may be for the next orders to be placed. A market would wait for
// nobody, but this one is to prove that nothing gets lost.
const (
	kept     = 16_384
	pace     = 1_024
	paceEach = 256 // orders: then it is looked at
)

// An exchange is a book, and those who use it.
type exchange struct {
	set      settings
	book     market.BookHandle
	audience *audience
	remote   *process

	placed atomic.Uint64 // orders
	calls  meter         // that placed them
	filled market.Quantity
	begin  time.Time
	took   time.Duration // to place them
}

// runMarket opens an exchange, has the orders placed, shows how it goes, and writes a report. It returns how many
// invariants do not hold.
func runMarket(ctx context.Context, set settings, out *os.File, log *slog.Logger) (broken int, err error) {
	dir, err := os.MkdirTemp("", "market")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	proc, err := actor.NewProc("market", actor.WithLogger(log), remote.Listen("unix://"+filepath.Join(dir, "socket")))
	if err != nil {
		return 0, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, ended := proc.Shutdown(ctx); ended != nil {
			err = errors.Join(err, fmt.Errorf("close the market: %w", ended))
		}
	}()
	x, err := open(set, proc)
	if err != nil {
		return 0, err
	}
	defer x.remote.kill()
	if err := x.run(ctx, newView(out, set)); err != nil {
		return 0, err
	}
	return x.audit(context.WithoutCancel(ctx), out)
}

// open starts the book, and has everybody subscribe.
func open(set settings, proc *actor.Proc) (*exchange, error) {
	x := &exchange{set: set}
	// What the book knows is in its memory alone: one that fails stays down.
	var err error
	x.book, err = market.SpawnBook(proc, "book", func() *market.Book { return market.NewBook(kept) }, actor.OnFailure(actor.StopActor))
	if err != nil {
		return nil, err
	}
	if x.audience, err = openAudience(context.Background(), x.book, set.subscribers); err != nil {
		return nil, err
	}
	x.remote, err = startRemote(x.book.Actor().Address())
	return x, err
}

// run has the orders placed, and shows how it goes, until the last one is placed or ctx ends.
func (x *exchange) run(ctx context.Context, view *view) error {
	defer view.end()
	placed := make(chan error, 1)
	go func() { placed <- x.place(ctx) }()
	tick := time.NewTicker(view.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := view.look(x); err != nil {
				return err
			}
		case err := <-placed:
			return err
		}
	}
}

// place places the orders.
func (x *exchange) place(ctx context.Context) error {
	calls := context.WithoutCancel(ctx) // an order that was begun is placed
	leave := sync.OnceFunc(x.audience.leave)
	halfway := sync.OnceValue(func() error { return errors.Join(x.audience.narrow(calls), x.remote.kill()) })
	orders := newFlow(x.set.seed)
	x.begin = time.Now()
	defer func() { x.took = time.Since(x.begin) }()
	for n := range x.set.orders {
		due := x.begin.Add(time.Duration(float64(n) / float64(x.set.orders) * float64(x.set.duration)))
		if !sleep(ctx, time.Until(due)) {
			break
		}
		if n >= x.set.orders/4 {
			leave()
		}
		if n >= x.set.orders/2 {
			if err := halfway(); err != nil {
				return err
			}
		}
		if n%paceEach == 0 {
			if err := x.keepPace(ctx); err != nil {
				return err
			}
		}
		start := time.Now()
		receipt, err := x.book.Place(calls, orders.next())
		if err != nil {
			return fmt.Errorf("place order %d: %w", n+1, err)
		}
		x.calls.add(time.Since(start))
		x.filled += receipt.Filled
		x.placed.Add(1)
	}
	leave() // unless they have: the orders were interrupted
	return halfway()
}

// keepPace waits while a subscriber is so far behind that the book might soon lose what it is to be sent.
func (x *exchange) keepPace(ctx context.Context) error {
	for {
		figures, err := x.book.Figures(context.WithoutCancel(ctx))
		if err != nil || figures.Behind <= pace || !sleep(ctx, time.Millisecond) {
			return err
		}
	}
}

// sleep waits; it is false if ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
)

// How often a view looks, and how much it shows.
const (
	drawEvery = 100 * time.Millisecond
	lineEvery = 500 * time.Millisecond
	depth     = 8 // levels of each side, and trades
)

// What a terminal is told.
const (
	openScreen  = "\x1b[?1049h\x1b[?25l" // another screen, without a cursor
	closeScreen = "\x1b[?25h\x1b[?1049l" // the one that was there before
	toTop       = "\x1b[H"
	clearLine   = "\x1b[K" // the rest of it
	clearRest   = "\x1b[J" // of the screen
)

// A view shows how a market is doing: drawn on the terminal again and again or, where there is none, in lines.
type view struct {
	out     io.Writer
	drawn   bool
	every   time.Duration // it looks
	begin   time.Time
	orders  rate
	updates rate
	trades  []market.Trade // the last ones, the newest last
}

// newView returns a view on a terminal, if out is one and lines are not asked for.
func newView(out *os.File, set settings) *view {
	now := time.Now()
	v := &view{out: out, every: lineEvery, begin: now, orders: rate{at: now}, updates: rate{at: now}}
	info, err := out.Stat()
	if err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" && !set.plain {
		v.drawn, v.every = true, drawEvery
		fmt.Fprint(out, openScreen)
	}
	return v
}

// end leaves the terminal as it was.
func (v *view) end() {
	if v.drawn {
		fmt.Fprint(v.out, closeScreen)
	}
}

// look shows the market as it is now.
func (v *view) look(x *exchange) error {
	s, err := v.scene(context.Background(), x)
	if err != nil {
		return fmt.Errorf("look at the market: %w", err)
	}
	shown := s.line()
	if v.drawn {
		shown = toTop + strings.ReplaceAll(s.frame(), "\n", clearLine+"\n") + clearRest
	}
	_, err = io.WriteString(v.out, shown)
	return err
}

// scene asks the book, and those who use it. What it asks for one after the other may be of different moments.
func (v *view) scene(ctx context.Context, x *exchange) (s scene, err error) {
	if s.figures, err = x.book.Figures(ctx); err != nil {
		return s, err
	}
	if s.book, err = x.book.Depth(ctx, depth); err != nil {
		return s, err
	}
	since := s.figures.Trades + 1 - min(s.figures.Trades, depth)
	if n := len(v.trades); n > 0 {
		since = max(since, v.trades[n-1].Number+1)
	}
	for trade, err := range x.book.Trades(ctx, since) {
		if err != nil {
			return s, err
		}
		v.trades = append(v.trades, trade)
	}
	v.trades = v.trades[max(0, len(v.trades)-depth):]
	now, placed := time.Now(), x.placed.Load()
	s.trades, s.passed = v.trades, now.Sub(v.begin)
	s.placed, s.orders = placed, uint64(x.set.orders)
	s.orderRate, s.updateRate, s.p99 = v.orders.of(placed, now), v.updates.of(s.figures.Sent, now), x.calls.p99()
	s.slowSeen, s.slowLost = x.audience.slow.seen.Load(), x.audience.slow.session.Lost()
	s.process = x.remote.cmd.Process.Pid
	return s, nil
}

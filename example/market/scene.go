package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
)

// columns is how wide a terminal is, at least.
const columns = 80

// A scene is what there is to see of a market at one moment.
type scene struct {
	passed                time.Duration
	placed, orders        uint64        // orders, and how many are to be
	orderRate, updateRate uint64        // a second
	p99                   time.Duration // of the calls that place orders
	figures               market.Figures
	book                  market.Snapshot
	trades                []market.Trade // the newest last
	slowSeen, slowLost    uint64
	process               int // of the remote subscriber
}

// frame returns the scene for a terminal: the same number of lines each time, and none too long.
func (s scene) frame() string {
	var b strings.Builder
	p := func(format string, args ...any) {
		line := []rune(fmt.Sprintf(format, args...))
		b.WriteString(strings.TrimRight(string(line[:min(len(line), columns)]), " ") + "\n")
	}
	p("an order book and its subscribers %41.1f s", s.passed.Seconds())
	p("")
	p("%14s%10s │ %-10s%-12s  %s", "bid for", "price", "price", "asked for", "last trades")
	for i := range depth {
		bid, ask := rowOf(s.book.Bids, i), rowOf(s.book.Asks, i)
		trade := ""
		if i < len(s.trades) {
			t := s.trades[len(s.trades)-1-i]
			trade = fmt.Sprintf("%-4v %4d at %v", t.Side, t.Quantity, t.Price)
		}
		p("%14s%10s │ %-10s%-12s  %s", bid.quantity, bid.price, ask.price, ask.quantity, trade)
	}
	p("")
	p("orders   %14s  of %s, %s a second; 99%% of the calls within %v", group(s.placed), group(s.orders), group(s.orderRate), short(s.p99))
	p("trades   %14s", group(s.figures.Trades))
	p("updates  %14s  to %s sessions, %s a second", group(s.figures.Sent), group(uint64(s.figures.Subscribers)), group(s.updateRate))
	p("slow     %14s  seen, and %s lost", group(s.slowSeen), group(s.slowLost))
	p("remote   %14d  is its process, until it is killed", s.process)
	p("")
	for i := range 2 {
		var subscriber, why string
		if i < len(s.figures.Failed) {
			e := s.figures.Failed[i]
			subscriber, why = fmt.Sprintf("%s is gone, after %s updates:", e.Subscriber, group(e.Sent)), "  "+e.Why
		}
		p("%s", subscriber)
		p("%s", why)
	}
	return b.String()
}

// A row is a level as it is shown.
type row struct{ price, quantity string }

// rowOf returns a level's row, a blank one if there are not so many.
func rowOf(levels []market.Level, i int) row {
	if i >= len(levels) {
		return row{}
	}
	return row{levels[i].Price.String(), group(uint64(levels[i].Quantity))}
}

// line returns the scene in a line.
func (s scene) line() string {
	bid, ask := rowOf(s.book.Bids, 0), rowOf(s.book.Asks, 0)
	return fmt.Sprintf("%5.1f s: %s of %s orders (%s/s, p99 %v), %s trades, bid %s ask %s, %s updates to %s sessions (%s/s), slow has lost %s\n",
		s.passed.Seconds(), group(s.placed), group(s.orders), group(s.orderRate), short(s.p99), group(s.figures.Trades), bid.price, ask.price,
		group(s.figures.Sent), group(uint64(s.figures.Subscribers)), group(s.updateRate), group(s.slowLost))
}

// short returns a duration with three digits or so.
func short(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(10 * time.Nanosecond)
}

// group writes a number with commas between thousands.
func group(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// perSecond returns a rate; 0 for no time at all.
func perSecond(n uint64, d time.Duration) uint64 {
	if d <= 0 {
		return 0
	}
	return uint64(float64(n) / d.Seconds())
}

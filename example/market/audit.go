package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/runtime/actor"
)

// A result is what the book says in the end.
type result struct {
	figures  market.Figures
	book     market.Snapshot // all of it
	streamed market.Quantity // the sum of the trades that the stream has brought
	took     time.Duration   // until the last update was seen
}

// audit closes the sessions, writes the report, and returns how many invariants do not hold.
func (x *exchange) audit(ctx context.Context, out io.Writer) (broken int, err error) {
	if err := x.audience.close(ctx); err != nil {
		return 0, err
	}
	end, err := x.result(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask the book how it ended: %w", err)
	}
	w := bufio.NewWriter(out)
	x.report(w, end)
	for _, i := range x.invariants(end) {
		if i.err == nil {
			fmt.Fprintf(w, "holds     %s\n", i.says)
			continue
		}
		broken++
		fmt.Fprintf(w, "BROKEN    %s: %v\n", i.says, i.err)
	}
	return broken, w.Flush()
}

// result asks the book, once it has ended all sessions, also that of the process that was killed.
func (x *exchange) result(ctx context.Context) (r result, err error) {
	r.took = time.Since(x.begin)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if r.figures, err = x.book.Figures(ctx); err != nil {
			return r, err
		}
		if r.figures.Subscribers == 0 {
			break
		}
		if !sleep(ctx, time.Millisecond) {
			return r, fmt.Errorf("it has %d sessions left after %v", r.figures.Subscribers, patience)
		}
	}
	if r.book, err = x.book.Depth(ctx, 0); err != nil {
		return r, err
	}
	for trade, err := range x.book.Trades(ctx, 1) {
		if err != nil {
			return r, err
		}
		r.streamed += trade.Quantity
	}
	return r, nil
}

// report writes the figures.
func (x *exchange) report(w io.Writer, end result) {
	f := end.figures
	fmt.Fprintf(w, "orders    %s in %v, %s a second; 99%% of the calls within %v\n",
		group(f.Orders), short(x.took), group(perSecond(f.Orders, x.took)), short(x.calls.p99()))
	fmt.Fprintf(w, "trades    %s, of %s shares; %s rest in the book\n", group(f.Trades), group(uint64(f.Traded)), group(uint64(resting(end.book))))
	fmt.Fprintf(w, "updates   %s, sent %s times in %v, %s a second\n", group(f.Updates), group(f.Sent), short(end.took), group(perSecond(f.Sent, end.took)))
	fmt.Fprintf(w, "slow      %s seen and %s lost: its queue of %d drops the oldest\n",
		group(x.audience.slow.seen.Load()), group(x.audience.slow.session.Lost()), slowQueue)
	for _, ending := range f.Failed {
		fmt.Fprintf(w, "gone      %s, after %s updates: %s\n", ending.Subscriber, group(ending.Sent), ending.Why)
	}
	fmt.Fprintln(w)
}

// An invariant is what must hold, and why it does not: nil if it does.
type invariant struct {
	says string
	err  error
}

// invariants checks all that must hold.
func (x *exchange) invariants(end result) []invariant {
	a := x.audience
	var first error
	for _, w := range a.loyal {
		if err := w.missesNothing(end); err != nil {
			first = fmt.Errorf("%s: %w", w.name, err)
			break
		}
	}
	return []invariant{
		{group(uint64(len(a.loyal))) + " watchers have seen every update that they wanted, in order, and know the book as it is", first},
		{"slow has seen or lost every update, and knows the book as it is, since it has asked for it anew", a.slow.knowsItsLosses(end)},
		{"impatient has canceled its session, and the book knows why", a.impatient.hasLeft(end)},
		{fmt.Sprintf("remote, process %d, was killed, and the book has ended its session", x.remote.cmd.Process.Pid), x.remote.isMissed(end)},
		{"what was ordered has been traded, by two orders each time, or rests", x.balances(end)},
	}
}

// missesNothing is for a watcher whose queue drops nothing.
func (w *watcher) missesNothing(end result) error {
	switch sent, seen := w.summary.Sent, w.seen.Load(); {
	case w.err != nil:
		return w.err
	case w.gaps > 0 || w.summary.Lost > 0 || seen != sent:
		return fmt.Errorf("%d of %d updates seen, with %d gaps; the book has lost %d", seen, sent, w.gaps, w.summary.Lost)
	case w.filter == market.Filter{} && w.begin+sent != end.figures.Updates:
		return fmt.Errorf("%d updates sent after number %d, and the last is number %d", sent, w.begin, end.figures.Updates)
	}
	return w.knows(end.book)
}

// knows compares a watcher's copy with the book.
func (w *watcher) knows(book market.Snapshot) error {
	unwanted := func(l market.Level) bool { return !w.filter.Passes(l.Price) }
	bids, asks := slices.DeleteFunc(slices.Clone(book.Bids), unwanted), slices.DeleteFunc(slices.Clone(book.Asks), unwanted)
	if !slices.Equal(w.copy.Bids, bids) || !slices.Equal(w.copy.Asks, asks) {
		return fmt.Errorf("its copy has bids %v, asks %v, and the book bids %v, asks %v", w.copy.Bids, w.copy.Asks, bids, asks)
	}
	return nil
}

// knowsItsLosses is for the watcher whose queue drops updates.
func (w *watcher) knowsItsLosses(end result) error {
	switch sent, seen, lost := w.summary.Sent, w.seen.Load(), w.session.Lost(); {
	case w.err != nil:
		return w.err
	case seen+lost != sent || w.summary.Lost > 0:
		return fmt.Errorf("%d seen and %d lost of %d; the book has lost %d", seen, lost, sent, w.summary.Lost)
	}
	return w.knows(end.book)
}

// hasLeft is for the watcher that cancels.
func (w *watcher) hasLeft(end result) error {
	var canceled *actor.Canceled
	if !errors.As(w.err, &canceled) || !errors.Is(w.err, errSeenEnough) || w.session.State() != actor.SessionSelfCancel {
		return fmt.Errorf("its session ended with: %w", w.err)
	}
	return end.hasFailed(w.name)
}

// isMissed tells whether the process was killed, and the book has found out.
func (p *process) isMissed(end result) error {
	<-p.ended
	if p.how == nil {
		return errors.New("the process has ended by itself")
	}
	return end.hasFailed(remoteName)
}

// hasFailed returns an error unless the book has ended that subscriber's session, other than with a summary.
func (r result) hasFailed(subscriber string) error {
	if !slices.ContainsFunc(r.figures.Failed, func(e market.Ending) bool { return e.Subscriber == subscriber }) {
		return errors.New("the book has not noticed")
	}
	return nil
}

// balances compares what was ordered, what the receipts say, and what the trades add up to.
func (x *exchange) balances(end result) error {
	f := end.figures
	if rest := resting(end.book); f.Ordered != 2*f.Traded+rest || f.Traded != end.streamed || f.Traded != x.filled {
		return fmt.Errorf("%d ordered, %d traded and %d resting; %d traded by the stream, %d by the receipts", f.Ordered, f.Traded, rest, end.streamed, x.filled)
	}
	return nil
}

// resting returns all that rests in a book.
func resting(book market.Snapshot) (sum market.Quantity) {
	for _, l := range slices.Concat(book.Bids, book.Asks) {
		sum += l.Quantity
	}
	return sum
}

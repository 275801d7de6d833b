package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/runtime/actor"
)

// What the slow watcher is like.
const (
	slowPause = 20 * time.Millisecond // after each update
	slowQueue = 32                    // updates that wait for it; then the oldest makes room
)

// nearby is the filter that every fourth watcher sends in the middle of the run.
var nearby = market.Filter{Low: center - 10, High: center + 10}

// errSeenEnough is why the impatient watcher cancels.
var errSeenEnough = errors.New("seen enough")

// A watcher is a subscriber: it keeps a copy of the book by what its session brings.
type watcher struct {
	name   string
	begin  uint64 // the number of the snapshot that its session was opened with
	copy   *market.Copy
	filter market.Filter
	pause  time.Duration // after each update
	seen   atomic.Uint64 // updates
	gaps   int           // how often updates were missing before one

	session *market.Subscription
	summary market.Summary // once the session is over
	err     error          // then: nil if the book has returned the summary
}

// An audience is all who watch a book in this process.
type audience struct {
	loyal           []*watcher // see every update
	slow, impatient *watcher
	watching        sync.WaitGroup
}

// openAudience subscribes so many loyal watchers, and the two others. ctx governs all of their sessions.
func openAudience(ctx context.Context, book market.BookClient, loyal int) (*audience, error) {
	a := new(audience)
	for i := range loyal {
		w, err := a.watch(ctx, book, fmt.Sprintf("watcher-%d", i+1), 0)
		if err != nil {
			return nil, err
		}
		a.loyal = append(a.loyal, w)
	}
	var err error
	if a.impatient, err = a.watch(ctx, book, "impatient", 0); err != nil {
		return nil, err
	}
	dropping := actor.SessionQueue(ctx, slowQueue, actor.FullDropOldest)
	a.slow, err = a.watch(dropping, book, "slow", slowPause)
	return a, err
}

// watch opens a session and follows it.
func (a *audience) watch(ctx context.Context, book market.BookClient, name string, pause time.Duration) (*watcher, error) {
	session, err := book.Subscribe(ctx, name, market.Filter{})
	if err != nil {
		return nil, fmt.Errorf("subscribe %s: %w", name, err)
	}
	opening := session.Opening()
	w := &watcher{name: name, begin: opening.Number, copy: market.NewCopy(opening), pause: pause, session: session}
	a.watching.Go(func() { w.follow(ctx) })
	return w, nil
}

// follow takes updates until the session is over.
func (w *watcher) follow(ctx context.Context) {
	for update, err := range w.session.All(ctx) {
		if err != nil {
			break // which the result tells, too
		}
		w.seen.Add(1)
		if !w.copy.Apply(update) {
			w.gaps++
		}
		if w.pause > 0 {
			time.Sleep(w.pause)
		}
	}
	w.summary, w.err = w.session.Result(ctx)
}

// leave has the impatient watcher cancel.
func (a *audience) leave() { a.impatient.session.Cancel(errSeenEnough) }

// narrow has every fourth loyal watcher ask for the prices near the center alone, from now on.
func (a *audience) narrow(ctx context.Context) error {
	for i := 3; i < len(a.loyal); i += 4 {
		if err := a.loyal[i].refilter(ctx, nearby); err != nil {
			return err
		}
	}
	return nil
}

// refilter sends a filter. The book answers it with all that the filter passes.
func (w *watcher) refilter(ctx context.Context, filter market.Filter) error {
	w.filter = filter
	if err := w.session.Send(ctx, filter); err != nil {
		return fmt.Errorf("set the filter of %s: %w", w.name, err)
	}
	return nil
}

// close ends all sessions, and waits until each watcher has seen what was sent to it. The slow one, whose copy has gaps, asks for the book anew
// before.
func (a *audience) close(ctx context.Context) error {
	if err := a.slow.refilter(ctx, market.Filter{}); err != nil {
		return err
	}
	for _, w := range append([]*watcher{a.slow}, a.loyal...) {
		if err := w.session.CloseSend(); err != nil {
			return fmt.Errorf("close the session of %s: %w", w.name, err)
		}
	}
	a.watching.Wait()
	return nil
}

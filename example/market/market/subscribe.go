package market

import (
	"context"
	"io"
	"slices"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A Feed is the book's end of a session with a subscriber, and a Subscription the subscriber's end: a snapshot opens it, filters come, updates go.
type (
	Feed         = actor.SessionServer[Snapshot, Filter, Update]
	Subscription = actor.SessionClient[Snapshot, Filter, Update, Summary]
)

// A subscriber is a session, as the book keeps it in its state.
type subscriber struct {
	filter   Filter
	next     uint64 // the number of the update to look at next
	previous uint64 // the number of the last one that it was sent
	summary  Summary
}

// A Summary is the end of a subscription.
type Summary struct {
	Sent uint64 // updates sent; a subscriber whose own queue drops some has not seen all of them
	Lost uint64 // updates that the book did not keep long enough to send them
}

// An Ending is a subscription that has failed.
type Ending struct {
	Subscriber string
	Sent       uint64
	Why        string
}

// keptEndings is how many endings a book remembers.
const keptEndings = 16

// Subscribe opens with a snapshot, and sends every later update that the filter passes. The subscriber may send another filter at any time; it
// is answered with the book anew. When it has closed its end, and has been sent all that was new then, it gets the summary.
//
// This handler and all the others, of which there may be thousands, share the book's state without a lock. Each has the turn until
// it waits: in Send, while its own subscriber is slow, and in RecvUntil, until there is a new filter or Place has closed b.changed. Then it has the
// turn again, sees what is new, and sends that. So a slow subscriber is behind, and holds up nobody.
//
//actor:handler
func (b *Book) Subscribe(ctx context.Context, name string, filter Filter, s *Feed) (Summary, error) {
	if err := s.Open(b.snapshot(filter, 0)); err != nil {
		return Summary{}, err
	}
	sub := &subscriber{filter: filter, next: b.history.last + 1, previous: b.history.last}
	b.subscribers[sub] = struct{}{}
	defer delete(b.subscribers, sub)
	err := b.serve(sub, s)
	if err != nil {
		if len(b.failed) == keptEndings {
			b.failed = slices.Delete(b.failed, 0, 1)
		}
		b.failed = append(b.failed, Ending{Subscriber: name, Sent: sub.summary.Sent, Why: err.Error()})
	}
	return sub.summary, err
}

// serve sends to a subscriber until it has closed its end, or cannot go on.
func (b *Book) serve(sub *subscriber, s *Feed) error {
	for closed := false; ; {
		if err := b.catchUp(sub, s); err != nil || closed {
			return err
		}
		filter, received, err := s.RecvUntil(b.changed)
		switch {
		case err == io.EOF:
			closed = true
		case err != nil:
			return err
		case received:
			sub.filter = filter
			anew := b.snapshot(filter, 0)
			sub.next = anew.Number + 1
			if err := b.send(sub, s, Update{Number: anew.Number, Anew: &anew}); err != nil {
				return err
			}
		}
	}
}

// catchUp sends what is new. While it waits for room the history goes on, so it is looked at for each update.
func (b *Book) catchUp(sub *subscriber, s *Feed) error {
	for sub.next <= b.history.last {
		if oldest := b.history.oldest(); sub.next < oldest {
			sub.summary.Lost += oldest - sub.next
			sub.next, sub.previous = oldest, oldest-1 // which it has not: so it sees the gap
		}
		u := b.history.at(sub.next)
		sub.next++
		if !sub.filter.Passes(u.Price) {
			continue
		}
		if err := b.send(sub, s, u); err != nil {
			return err
		}
	}
	return nil
}

// send sends one update, which follows the one that was sent before.
func (b *Book) send(sub *subscriber, s *Feed, u Update) error {
	u.Previous, sub.previous = sub.previous, u.Number
	if err := s.Send(u); err != nil {
		return err
	}
	sub.summary.Sent++
	b.sent++
	return nil
}

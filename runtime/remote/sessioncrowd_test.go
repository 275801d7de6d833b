package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Here several goroutines use one end of a session at once.

// A watchedContext tells when somebody begins to wait for its end.
type watchedContext struct {
	context.Context
	waits chan<- struct{}
}

func (c watchedContext) Done() <-chan struct{} {
	select {
	case c.waits <- struct{}{}:
	default:
	}
	return c.Context.Done()
}

// fullSession opens a session with a handler for which one value waits, and n senders that wait for room. ends gets what they get.
func (w *theatre) fullSession(name string, f func(ctx *actor.Context, s *talkServer) (string, error), n int) (s *talkClient, ends <-chan error) {
	w.t.Helper()
	s = w.talk(w.gate(name, sample.Gate{OnTalk: func(ctx *actor.Context, _ string, s *talkServer) (string, error) {
		if err := errors.Join(s.Queue(1, actor.FullBlock), s.Open("")); err != nil {
			return "", err
		}
		return f(ctx, s)
	}}), "")
	noError(w.t, s.Send(soon(w.t), 0))
	waits, got := make(chan struct{}, n), make(chan error, n)
	for i := range n {
		go func() { got <- s.Send(watchedContext{soon(w.t), waits}, int64(1+i)) }()
		<-waits
	}
	return s, got
}

// Room for many lets many go on, though each of them sends one value alone.
func TestManySendersFindTheRoomThatThereIs(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		const n = 100
		g := w.talker(func(ctx *actor.Context, _ string, s *talkServer) (string, error) {
			if err := errors.Join(s.Queue(8, actor.FullBlock), s.Open("")); err != nil {
				return "", err
			}
			var sum int64
			for n, err := range s.All() {
				if err != nil {
					return "", err
				}
				sum += n
			}
			return fmt.Sprint(sum), nil
		})
		s := w.talk(g, "")
		var senders sync.WaitGroup
		for i := range n {
			senders.Go(func() {
				if err := s.Send(soon(t), int64(i)); err != nil {
					t.Error(err)
				}
			})
		}
		senders.Wait()
		noError(t, s.CloseSend())
		if got, err := s.Result(soon(t)); got != fmt.Sprint(n*(n-1)/2) || err != nil {
			t.Errorf("the sum is %q, %v", got, err)
		}
	})
}

// However a session ends, none of those who wait for room in it goes on waiting.
func TestEndOfASessionReachesAllThatWaitToSend(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		returns := make(chan struct{})
		for name, c := range map[string]struct {
			end  func(s *talkClient)
			want func(error) bool
		}{
			"cancel": {func(s *talkClient) { s.Cancel(errEnough) }, func(err error) bool { return errors.Is(err, errEnough) }},
			"close":  {func(s *talkClient) { noError(t, s.CloseSend()) }, func(err error) bool { return actor.CodeOf(err) == actor.CodeMisuse }},
			"return": {func(*talkClient) { returns <- struct{}{} }, func(err error) bool { return err == io.EOF }},
		} {
			s, ends := w.fullSession(name, func(ctx *actor.Context, s *talkServer) (string, error) {
				select {
				case <-returns:
					return "", nil
				case <-ctx.Done():
					return "", context.Cause(ctx)
				}
			}, 3)
			c.end(s)
			for range 3 {
				if err := <-ends; !c.want(err) {
					t.Errorf("%s: a sender gets %v", name, err)
				}
			}
			noError(t, s.Close(soon(t)))
		}
	})
}

// What Send has accepted comes before the end that CloseSend tells of, whoever calls that meanwhile.
func TestCloseSendOvertakesNoValue(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.gate("passer", sample.Gate{OnPass: func(ctx *actor.Context, s *passServer) (*sample.Big, error) {
			if err := s.Open(nil); err != nil {
				return nil, err
			}
			var all sample.Big
			for _, err := range s.All() {
				if err != nil {
					return nil, err
				}
				all.Words[0]++
			}
			return &all, nil
		}})
		large := sample.Big{Name: strings.Repeat("x", 100<<10)} // so that there is no room for it in the link at once
		for range 20 {
			s, err := g.Pass(soon(t))
			noError(t, err)
			var senders sync.WaitGroup
			var sent atomic.Int64
			begun := make(chan struct{}, 4)
			for range cap(begun) {
				senders.Go(func() {
					for {
						err := s.Send(soon(t), large)
						if err != nil {
							if actor.CodeOf(err) != actor.CodeMisuse && err != io.EOF {
								t.Error(err)
							}
							return
						}
						if sent.Add(1) <= int64(cap(begun)) {
							begun <- struct{}{}
						}
					}
				})
			}
			for range cap(begun) {
				<-begun
			}
			noError(t, s.CloseSend())
			senders.Wait()
			if got, err := s.Result(soon(t)); err != nil || got.Words[0] != sent.Load() {
				t.Fatalf("of %d values %v have come, %v", sent.Load(), got, err)
			}
		}
	})
}

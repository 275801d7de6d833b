package remote_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

var manySessions = flag.Int("sessions", 1000, "how many sessions TestManySessionsOnOneActor has open at once")

// Many sessions on one actor over one link, each with 100 values in both directions: nothing is lost, each keeps its order, memory stays bounded, no
// goroutine is left, and the actor answers calls meanwhile.
func TestManySessionsOnOneActor(t *testing.T) {
	const values = 100
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			server, _ := newProc(t, "server", listen(t, network), actor.MaxQueued(1<<30))
			client, _ := newProc(t, "client", remote.Enable())
			w := &theatre{t: t, network: network, server: server, client: client}
			n := *manySessions
			all := make(chan struct{}) // closed when all are open
			var opened atomic.Int32
			h, g := w.gateAndHandle("many", sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
				if err := s.Open(topic); err != nil {
					return "", err
				}
				if opened.Add(1) == int32(n) {
					close(all)
				}
				next := int64(0)
				for v, err := range s.All() {
					if err != nil {
						return "", err
					}
					if v != next {
						return "", fmt.Errorf("%d comes after %d", v, next-1)
					}
					next++
					if err := s.Send(-v); err != nil {
						return "", err
					}
				}
				return fmt.Sprint(next), nil
			}}, actor.MailboxSize(n+100))

			runtime.GC()
			var before, during runtime.MemStats
			runtime.ReadMemStats(&before)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() {
					if err := converse(ctx, g, fmt.Sprint(i), values, all); err != nil {
						t.Error(err)
					}
				})
			}
			<-all
			runtime.GC()
			runtime.ReadMemStats(&during)
			over := make(chan struct{})
			go func() { wg.Wait(); close(over) }()
			waits := answers(t, g, over)
			bytes := float64(during.HeapInuse+during.StackInuse-before.HeapInuse-before.StackInuse) / float64(n)
			p99 := waits[len(waits)*99/100]
			t.Logf("%d sessions at once: %.0f bytes each, both ends and their goroutines; of %d calls meanwhile p99 %v, the longest %v",
				n, bytes, len(waits), p99, waits[len(waits)-1])
			if bytes > 64<<10 {
				t.Errorf("a session takes %.0f bytes", bytes)
			}
			if s := h.Actor().Inspect(); len(s.Suspended) != 0 {
				t.Errorf("%d handlers are left", len(s.Suspended))
			}
		})
	}
}

// converse plays one session.
func converse(ctx context.Context, g sample.GateClient, topic string, values int64, all <-chan struct{}) error {
	s, err := g.Talk(ctx, topic)
	if err != nil {
		return err
	}
	<-all
	sent := make(chan error, 1)
	go func() {
		for v := range values {
			if err := s.Send(ctx, v); err != nil {
				sent <- err
				return
			}
		}
		sent <- s.CloseSend()
	}()
	next := int64(0)
	for v, err := range s.All(ctx) {
		if err != nil {
			return err
		}
		if v != -next {
			return fmt.Errorf("session %s: %d comes in place of %d", topic, v, -next)
		}
		next++
	}
	if err := <-sent; err != nil {
		return err
	}
	if r, err := s.Result(ctx); err != nil || r != fmt.Sprint(values) || next != values || s.Opening() != topic {
		return fmt.Errorf("session %s: %d values have come back, the result is %q, %v", topic, next, r, err)
	}
	return nil
}

// answers calls the actor one time after another until over is closed, and returns how long it took, sorted.
func answers(t *testing.T, g sample.GateClient, over <-chan struct{}) (waits []time.Duration) {
	for {
		select {
		case <-over:
			slices.Sort(waits)
			return waits
		default:
		}
		began := time.Now()
		if _, err := g.Echo(soon(t), "x"); err != nil {
			t.Fatal(err)
		}
		waits = append(waits, time.Since(began))
	}
}

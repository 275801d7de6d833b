package remote_test

import (
	"context"
	"flag"
	"fmt"
	"io"
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

var (
	manySessions = flag.Int("sessions", 300, "how many sessions TestManySessionsOnOneActor has open at once")
	sessionsP99  = flag.Duration("sessions.p99", 0, "what its calls may take, but for one in a hundred; 0 is any time, for a machine that does other things")
)

// Many sessions on one actor over one link, each with 100 values in both directions: nothing is lost, each keeps its order, memory stays bounded, no
// goroutine is left, and the actor answers calls meanwhile.
func TestManySessionsOnOneActor(t *testing.T) {
	const (
		values  = 100
		drivers = 64 // goroutines that play the clients' ends, each of many sessions
	)
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
			for i := range drivers {
				wg.Go(func() {
					var topics []string
					for k := i; k < n; k += drivers {
						topics = append(topics, fmt.Sprint(k))
					}
					if err := converse(ctx, g, topics, values, all); err != nil {
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
			if *sessionsP99 > 0 && p99 > *sessionsP99 {
				t.Errorf("the 99th percentile of the calls is %v, and %v is allowed", p99, *sessionsP99)
			}
			if bytes > 64<<10 {
				t.Errorf("a session takes %.0f bytes", bytes)
			}
			if s := h.Actor().Inspect(); len(s.Suspended) != 0 {
				t.Errorf("%d handlers are left", len(s.Suspended))
			}
		})
	}
}

// converse plays sessions side by side: in each round every one of them gets a value, and gives one back.
func converse(ctx context.Context, g sample.GateClient, topics []string, values int64, all <-chan struct{}) error {
	open := make([]*talkClient, len(topics))
	for i, topic := range topics {
		s, err := g.Talk(ctx, topic)
		if err != nil {
			return err
		}
		if open[i] = s; s.Opening() != topic {
			return fmt.Errorf("session %s was opened with %q", topic, s.Opening())
		}
	}
	<-all
	for v := range values {
		for _, s := range open {
			if err := s.Send(ctx, v); err != nil {
				return err
			}
		}
		for i, s := range open {
			if got, err := s.Recv(ctx); got != -v || err != nil {
				return fmt.Errorf("session %s: %d comes in place of %d, %v", topics[i], got, -v, err)
			}
		}
	}
	for i, s := range open {
		if err := s.CloseSend(); err != nil {
			return err
		}
		if r, err := s.Result(ctx); err != nil || r != fmt.Sprint(values) {
			return fmt.Errorf("session %s: the result is %q, %v", topics[i], r, err)
		}
		if _, err := s.Recv(ctx); err != io.EOF {
			return fmt.Errorf("session %s: after the last value: %v", topics[i], err)
		}
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

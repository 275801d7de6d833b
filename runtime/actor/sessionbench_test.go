package actor_test

import (
	"context"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

type talk = actor.SessionServer[string, int64, int64]

// sendBack is a session's handler.
func sendBack(_ *actor.Context, _ string, s *talk) (string, error) {
	if err := s.Open(""); err != nil {
		return "", err
	}
	for n, err := range s.All() {
		if err != nil {
			return "", err
		}
		if err := s.Send(n); err != nil {
			return "", err
		}
	}
	return "", nil
}

// A round trip is a value to the handler, and one back. The floor is a goroutine that sends back over a channel what has come over another.
func BenchmarkSession(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		to, back := make(chan int64), make(chan int64)
		var wg sync.WaitGroup
		wg.Go(func() {
			for n := range to {
				back <- n
			}
		})
		b.ReportAllocs()
		for n := range int64(b.N) {
			to <- n
			if got := <-back; got != n {
				b.Fatalf("%d has come back as %d", n, got)
			}
		}
		b.StopTimer()
		close(to)
		wg.Wait()
	})
	b.Run("actor", func(b *testing.B) {
		g, err := sample.SpawnGate(benchProc(b), "", func() *sample.Gate { return &sample.Gate{OnTalk: sendBack} })
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		s, err := g.Talk(ctx, "")
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		b.ResetTimer()
		for n := range int64(b.N) {
			if err := s.Send(ctx, n); err != nil {
				b.Fatal(err)
			}
			if got, err := s.Recv(ctx); got != n || err != nil {
				b.Fatalf("%d has come back as %d, %v", n, got, err)
			}
		}
		b.StopTimer()
		if err := s.CloseSend(); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Result(ctx); err != nil {
			b.Fatal(err)
		}
	})
}

// From the opening to the result.
func BenchmarkSessionOpen(b *testing.B) {
	g, err := sample.SpawnGate(benchProc(b), "", func() *sample.Gate {
		return &sample.Gate{OnTalk: func(_ *actor.Context, _ string, s *talk) (string, error) { return "", s.Open("") }}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := g.Talk(context.Background(), "")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Result(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// A reentrant handler's call of an idle actor, beside BenchmarkCallFromHandler.
func BenchmarkCallReentrant(b *testing.B) {
	p := benchProc(b)
	g, err := sample.SpawnGate(p, "", func() *sample.Gate { return &sample.Gate{} })
	if err != nil {
		b.Fatal(err)
	}
	to, err := sample.SpawnCounter(p, "", newCounter)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	if err := g.DoReentrant(context.Background(), func(cx *actor.Context) error {
		for b.Loop() {
			if _, err := to.Deposit(cx, 1, ""); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

package remote

import (
	"context"
	"errors"
	"io"
	"iter"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// unit divides all numbers that a talker is sent.
const unit = 1_000_003

// spawnTalker starts gate g at p, whose sessions send back what comes once c has checked it.
func spawnTalker(t testing.TB, p *actor.Proc, c *checker) {
	t.Helper()
	number := func(n int64) {
		c.handled.Add(1)
		if n%unit != 0 {
			c.wrong.Add(1)
		}
	}
	g := sample.Gate{
		OnTalk: func(_ *actor.Context, _ string, s *talkServer) (string, error) {
			if err := errors.Join(s.Queue(2, actor.FullBlock), s.Open("opened")); err != nil {
				return "", err
			}
			for n, err := range s.All() {
				if err != nil {
					return "", err
				}
				number(n)
				if err := s.Send(n); err != nil {
					return "", err
				}
			}
			return "the end", nil
		},
		OnPass: func(_ *actor.Context, s *actor.SessionServer[*sample.Big, sample.Big, sample.Big]) (*sample.Big, error) {
			if err := s.Open(nil); err != nil {
				return nil, err
			}
			big, err := s.Recv()
			if err != nil {
				return nil, err
			}
			c.check(big.Name + big.Tags["sum"])
			return &big, s.Send(big)
		},
		OnTail: func(_ *actor.Context, from int64) iter.Seq2[int64, error] {
			number(from)
			return func(yield func(int64, error) bool) {
				for n := range int64(10) {
					if !yield(from+n, nil) {
						return
					}
				}
			}
		},
	}
	if _, err := sample.SpawnGate(p, "g", func() *sample.Gate { own := g; return &own }); err != nil {
		t.Fatal(err)
	}
}

// talkWith has sessions of all kinds with a talker: they end by a result, and by a cancel.
func talkWith(ctx context.Context, g sample.GateRef) error {
	for _, topic := range []string{"short", "a longer one"} {
		s, err := g.Talk(actor.SessionQueue(ctx, 2, actor.FullBlock), topic)
		if err != nil {
			return err
		}
		for n := range int64(6) {
			if err := s.Send(ctx, unit<<(5*n)); err != nil {
				return err
			}
			if _, err := s.Recv(ctx); err != nil {
				return err
			}
		}
		if err := s.CloseSend(); err != nil {
			return err
		}
		if _, err := s.Result(ctx); err != nil {
			return err
		}
	}
	s, err := g.Talk(ctx, "canceled")
	if err != nil {
		return err
	}
	s.Cancel(errors.New("enough"))
	if err := s.Close(ctx); err != nil {
		return err
	}
	pass, err := g.Pass(ctx)
	if err != nil {
		return err
	}
	name, sum := "big one", summed("big one")
	if err := pass.Send(ctx, sample.Big{Name: name, Tags: map[string]string{"sum": sum[len(name):]}}); err != nil {
		return err
	}
	if _, err := pass.Result(ctx); err != nil {
		return err
	}
	for n, err := range g.Tail(ctx, 7*unit) {
		if err != nil && err != io.EOF {
			return err
		}
		if n == 7*unit+3 {
			break
		}
	}
	return nil
}

package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// parity: A61
// One goroutine plays at random with readers whose every answer a simple model foretells.
func TestFanoutDoesAsTheModelSays(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 61))
		buffer, n := 1+rnd.IntN(6), rnd.IntN(60)
		f := actor.NewFanout(buffer, numbers(n))
		type state struct {
			r      *actor.FanoutReader[int]
			at     int
			closed bool
		}
		var readers []*state
		read := 0
		ended := false
		for step := range 300 {
			if len(readers) == 0 || rnd.IntN(20) == 0 {
				readers = append(readers, &state{r: f.Subscribe(), at: read})
			}
			s := readers[rnd.IntN(len(readers))]
			if rnd.IntN(40) == 0 {
				s.r.Close()
				s.closed = true
			}
			ctx := t.Context()
			if rnd.IntN(5) == 0 {
				ctx = over
			}
			v, err := s.r.Recv(ctx)
			var want string
			switch {
			case s.closed:
				want = "0 receiving from a fan-out: the reader is closed"
			case read-s.at > buffer:
				lost := read - s.at - buffer
				s.at += lost
				want = fmt.Sprint("0 ", &actor.Lagged{Lost: uint64(lost)})
			case s.at < read:
				want = fmt.Sprint(s.at, " <nil>")
				s.at++
			case ended:
				want = "0 EOF"
			case ctx == over:
				want = "0 receiving from a fan-out: context canceled"
			case read == n:
				ended, want = true, "0 EOF"
			default:
				want = fmt.Sprint(s.at, " <nil>")
				s.at++
				read++
			}
			if got := fmt.Sprint(v, " ", err); got != want {
				t.Fatalf("seed %d, step %d: got %s, want %s", seed, step, got, want)
			}
		}
	}
}

// parity: A61
// Many readers at their own pace, who leave and come back and close at any point: each sees every value in order, or is told how many it
// lost. One that is always there loses none.
func TestFanoutUnderManyReaders(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 62))
			s := &tap{values: make(chan int), err: io.EOF, busy: make(chan struct{}, 1<<20)}
			buffer, n := 1+rnd.IntN(8), 200
			f := actor.NewFanout(buffer, s.recv)
			var wg sync.WaitGroup
			for i := range 8 {
				eager, closes := i == 0, i > 5
				pace, seed := rand.New(rand.NewPCG(seed, uint64(i))), rnd.IntN(1000)
				r := f.Subscribe()
				if closes {
					time.AfterFunc(time.Duration(seed)*time.Millisecond, r.Close)
				}
				wg.Go(func() {
					at := 0
					for {
						ctx, cancel := t.Context(), func() {}
						if !eager && pace.IntN(3) == 0 {
							ctx, cancel = context.WithTimeout(ctx, time.Duration(pace.IntN(5))*time.Millisecond)
						}
						v, err := r.Recv(ctx)
						cancel()
						var lag *actor.Lagged
						switch {
						case err == nil && v != at:
							t.Errorf("reader %d got %d, want %d", i, v, at)
							return
						case err == nil:
							at++
						case errors.As(err, &lag):
							at += int(lag.Lost)
							if eager || lag.Lost == 0 {
								t.Errorf("reader %d: %v", i, err)
							}
						case err == io.EOF:
							if at != n {
								t.Errorf("reader %d got %d values of %d", i, at, n)
							}
							return
						case closes && errors.Is(err, actor.ErrStopped):
							return
						case !errors.Is(err, context.DeadlineExceeded) || eager:
							t.Errorf("reader %d: %v", i, err)
							return
						}
						if !eager && pace.IntN(4) == 0 {
							time.Sleep(time.Duration(pace.IntN(20)) * time.Millisecond)
						}
					}
				})
			}
			for v := range n {
				if rnd.IntN(3) > 0 {
					time.Sleep(time.Duration(rnd.IntN(8)) * time.Millisecond)
				}
				s.values <- v
				synctest.Wait() // for the eager one
			}
			close(s.values)
			wg.Wait()
		})
	}
}

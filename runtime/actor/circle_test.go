package actor_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// nop is a handler that does nothing.
func nop(*actor.Context) error { return nil }

func TestCallOfItselfIsACircle(t *testing.T) {
	p := newProc(t)
	g, err := sample.SpawnGate(p, "self", func() *sample.Gate { return &sample.Gate{} })
	ok(t, err)
	for name, call := range map[string]func(cx context.Context) error{
		"call":   func(cx context.Context) error { return g.Do(cx, nop) },
		"inline": func(cx context.Context) error { return g.DoInline(cx, nop) },
		"ref":    func(cx context.Context) error { _, err := g.Ref().Echo(cx, "x"); return err },
	} {
		for way, do := range ways {
			err := do(g, soon(t), func(cx *actor.Context) error {
				// A derived context is the handler's all the same.
				derived, cancel := context.WithCancel(actor.WithHeader(cx, "k", "v"))
				defer cancel()
				for _, ctx := range []context.Context{cx, derived} {
					err := call(ctx)
					wantCode(t, err, actor.CodeCircle)
					wantText(t, err, "waiting in a circle: sample.Gate self waits for sample.Gate self", "ask by a cast")
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s by %s: %v", name, way, err)
			}
		}
	}
	flush(t, g)
}

func TestChainThatComesBackIsACircle(t *testing.T) {
	p := newProc(t)
	for n := 2; n <= 5; n++ {
		var ring []sample.GateHandle
		for i := range n {
			g, err := sample.SpawnGate(p, string(rune('a'+i)), func() *sample.Gate { return &sample.Gate{} })
			ok(t, err)
			ring = append(ring, g)
		}
		for _, do := range ways {
			var pass func(i int) func(*actor.Context) error
			pass = func(i int) func(*actor.Context) error {
				return func(cx *actor.Context) error { return do(ring[(i+1)%n], cx, pass(i+1)) }
			}
			err := ring[0].Do(soon(t), pass(0))
			wantCode(t, err, actor.CodeCircle)
			names := make([]string, 0, n)
			for i := range n {
				names = append(names, "sample.Gate "+string(rune('a'+i)))
			}
			wantText(t, err, names...)
			for _, g := range ring {
				flush(t, g)
			}
		}
		for _, g := range ring {
			g.Actor().Stop(actor.StopNow, nil)
			ended(t, g)
		}
	}
}

// Two chains of calls that cross: whatever their order, none hangs; one at least of two that wait for each other is refused.
func TestCrossingChainsNeverHang(t *testing.T) {
	for name, cross := range map[string]int{"two": 2, "three": 3} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t)
			var ring []sample.GateHandle
			for range cross {
				ring = append(ring, spawnGate(t, p))
			}
			const attempts = 4000
			var wg sync.WaitGroup
			var circles, answered atomic.Int64
			for i := range cross {
				wg.Go(func() {
					for range attempts / cross {
						err := ring[i].Do(context.Background(), func(cx *actor.Context) error {
							return ring[(i+1)%cross].Do(cx, nop)
						})
						switch {
						case err == nil:
							answered.Add(1)
						case actor.CodeOf(err) == actor.CodeCircle:
							circles.Add(1)
						default:
							t.Error(err)
							return
						}
					}
				})
			}
			await(t, &wg, "crossing calls")
			t.Logf("%d answered, %d circles", answered.Load(), circles.Load())
			for _, g := range ring {
				flush(t, g)
			}
		})
	}
}

// The same with all waiting at once: each handler is inside before the first calls on.
func TestCrossingChainsThatMeetAreRefused(t *testing.T) {
	p := newProc(t)
	for _, cross := range []int{2, 3, 5} {
		var ring []sample.GateHandle
		for range cross {
			ring = append(ring, spawnGate(t, p))
		}
		for range 100 {
			var inside, wg sync.WaitGroup
			inside.Add(cross)
			var circles atomic.Int64
			for i := range cross {
				wg.Go(func() {
					err := ring[i].Do(context.Background(), func(cx *actor.Context) error {
						inside.Done()
						inside.Wait()
						return ring[(i+1)%cross].Do(cx, nop)
					})
					if actor.CodeOf(err) == actor.CodeCircle {
						circles.Add(1)
					} else if err != nil {
						t.Error(err)
					}
				})
			}
			await(t, &wg, "calls that wait for each other")
			if n := circles.Load(); n < 1 || n > int64(cross) {
				t.Fatalf("%d of %d were refused", n, cross)
			}
		}
	}
}

// Where no circle can be, none is found: calls go from lower numbers to higher ones alone, all at once.
func TestNoCircleIsFoundWhereThereIsNone(t *testing.T) {
	p := newProc(t)
	var gates []sample.GateHandle
	for range 8 {
		gates = append(gates, spawnGate(t, p))
	}
	var down func(i, step int) func(*actor.Context) error
	down = func(i, step int) func(*actor.Context) error {
		return func(cx *actor.Context) error {
			if i+step >= len(gates) {
				return nil
			}
			if err := gates[i+step].DoInline(cx, nop); err != nil {
				return err
			}
			return gates[i+step].Do(cx, down(i+step, step))
		}
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 300 {
				if err := gates[n%4].Do(context.Background(), down(n%4, 1+n%3)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	await(t, &wg, "the calls")
}

// An actor whose call has been answered is not waiting, though it may not have noticed yet.
func TestAnsweredCallIsNotWaitedFor(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p)
	for range 5000 {
		second := make(chan error, 1)
		ok(t, a.Do(soon(t), func(cx *actor.Context) error {
			return b.Do(cx, func(cx *actor.Context) error {
				// b's next message asks a, which may still be about to take its answer.
				return b.Post(cx, func(cx *actor.Context) error {
					_, err := a.Echo(cx, "x")
					second <- err
					return nil
				})
			})
		}))
		ok(t, receive(t, second, "the second call"))
	}
}

// Nor is one whose call has ended with its context: the callee may ask it.
func TestCallerThatHasLeftIsNotWaiting(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p)
	for range 100 {
		left := make(chan struct{})
		asked := make(chan error, 1)
		ok(t, a.Do(soon(t), func(cx *actor.Context) error {
			short, cancel := context.WithCancel(cx)
			err := b.Do(short, func(cx *actor.Context) error {
				cancel()
				<-left
				_, err := a.Echo(cx.Detach(), "x")
				asked <- err
				return nil
			})
			close(left)
			wantCode(t, err, actor.CodeCanceled)
			return nil
		}))
		ok(t, receive(t, asked, "the callee's call"))
	}
	// With the handler's own context too: it is not the chain that counts, but who waits.
	g := spawnGate(t, p)
	gone, inside, release := make(chan struct{}), make(chan struct{}), make(chan struct{})
	asked := make(chan error, 1)
	ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
		short, cancel := context.WithCancel(cx)
		done := begin(func() error {
			return b.Do(short, func(cx *actor.Context) error {
				close(inside)
				<-release
				return nil
			})
		})
		<-inside
		cancel()
		<-done
		close(gone)
		return nil
	}))
	closed(t, gone, "the caller to leave")
	ok(t, b.Post(context.Background(), func(cx *actor.Context) error {
		_, err := g.Echo(cx, "x")
		asked <- err
		return nil
	}))
	close(release)
	ok(t, receive(t, asked, "the callee's call"))
}

// A handler that asks several actors from its goroutines waits for all of them.
func TestFanOutIsFollowedAlongEveryBranch(t *testing.T) {
	p := newProc(t)
	a, b, c := spawnGate(t, p), spawnGate(t, p), spawnGate(t, p)
	err := a.Do(soon(t), func(cx *actor.Context) error {
		inB, releaseB := make(chan struct{}), make(chan struct{})
		slow := begin(func() error { return b.Do(cx, func(*actor.Context) error { close(inB); <-releaseB; return nil }) })
		<-inB
		fast := begin(func() error { return c.Do(cx, func(cx *actor.Context) error { return a.Do(cx, nop) }) })
		err := <-fast
		close(releaseB)
		return errors.Join(err, <-slow)
	})
	wantCode(t, err, actor.CodeCircle)
	flush(t, a)
}

// The caller's goroutine runs the inline handler: what that waits for, the caller's actor waits for.
func TestCircleThroughAnInlineCall(t *testing.T) {
	p := newProc(t)
	a, b, c := spawnGate(t, p), spawnGate(t, p), spawnGate(t, p)
	err := a.Do(soon(t), func(cx *actor.Context) error {
		return b.DoInline(cx, func(cx *actor.Context) error {
			return c.Do(cx, func(cx *actor.Context) error { return a.Do(cx, nop) })
		})
	})
	wantCode(t, err, actor.CodeCircle)
	// And one that closes from the side: somebody else has a wait for c.
	inA, inC := make(chan struct{}), make(chan struct{})
	first := begin(func() error {
		return a.Do(soon(t), func(cx *actor.Context) error {
			close(inA)
			<-inC
			return b.DoInline(cx, func(cx *actor.Context) error { return c.Do(cx, nop) })
		})
	})
	second := begin(func() error {
		return c.Do(soon(t), func(cx *actor.Context) error {
			close(inC)
			<-inA
			return a.Do(cx, nop)
		})
	})
	err1, err2 := receive(t, first, "the first"), receive(t, second, "the second")
	if err1 == nil && err2 == nil {
		t.Error("neither was refused")
	}
	for _, err := range []error{err1, err2} {
		if err != nil {
			wantCode(t, err, actor.CodeCircle)
		}
	}
	for _, g := range []sample.GateHandle{a, b, c} {
		flush(t, g)
	}
}

// A sender that would wait for room waits as a caller does.
func TestFullMailboxUnderFullBlockCountsAsWaiting(t *testing.T) {
	p := newProc(t)
	block := []actor.SpawnOption{actor.MailboxSize(1), actor.OnFull(actor.FullBlock)}
	t.Run("its own", func(t *testing.T) {
		g := spawnGate(t, p, block...)
		var errs []error
		ok(t, g.Do(soon(t), func(cx *actor.Context) error {
			for range 3 {
				errs = append(errs, g.Post(cx, nop))
			}
			return nil
		}))
		ok(t, errs[0])
		wantCode(t, errs[1], actor.CodeCircle)
		wantCode(t, errs[2], actor.CodeCircle)
		flush(t, g)
	})
	t.Run("another's", func(t *testing.T) {
		a, b := spawnGate(t, p), spawnGate(t, p, block...)
		inB, full := make(chan struct{}), make(chan struct{})
		fromB := make(chan error, 1)
		ok(t, b.Post(soon(t), func(cx *actor.Context) error {
			close(inB)
			<-full
			fromB <- a.Do(cx, nop) // a waits for room here
			return nil
		}))
		closed(t, inB, "b")
		ok(t, b.Post(soon(t), nop))
		fromA := begin(func() error {
			return a.Do(soon(t), func(cx *actor.Context) error {
				return b.Post(&enteringContext{Context: cx, inside: full}, nop)
			})
		})
		wantCode(t, receive(t, fromB, "b's call"), actor.CodeCircle)
		ok(t, receive(t, fromA, "a's cast")) // b goes on, and has room
		flush(t, b)
	})
	t.Run("over a third", func(t *testing.T) {
		a, b := spawnGate(t, p), spawnGate(t, p, block...)
		release := make(chan struct{})
		inB := make(chan struct{})
		ok(t, b.Post(soon(t), func(*actor.Context) error { close(inB); <-release; return nil }))
		closed(t, inB, "b")
		ok(t, b.Post(soon(t), nop))
		// a waits for room, and its caller c for a: c's callee b must not wait for c.
		c := spawnGate(t, p)
		waits := make(chan struct{})
		fromC := begin(func() error {
			return c.Do(soon(t), func(cx *actor.Context) error {
				return a.Do(cx, func(cx *actor.Context) error {
					return b.Post(&enteringContext{Context: cx, inside: waits}, func(cx *actor.Context) error { return nil })
				})
			})
		})
		closed(t, waits, "a to wait for room")
		close(release)
		ok(t, receive(t, fromC, "the call"))
	})
}

// A sender that has been given room is not waiting, though it may not have noticed yet.
func TestSenderThatHasRoomIsNotWaiting(t *testing.T) {
	p := newProc(t)
	for range 300 {
		a := spawnGate(t, p)
		b := spawnGate(t, p, actor.MailboxSize(1), actor.OnFull(actor.FullBlock))
		release := hold(t, b)
		fromB := make(chan error, 1)
		ok(t, b.Post(soon(t), func(cx *actor.Context) error { fromB <- a.Do(cx, nop); return nil }))
		waits := make(chan struct{})
		fromA := begin(func() error {
			return a.Do(soon(t), func(cx *actor.Context) error {
				return b.Post(&enteringContext{Context: cx, inside: waits}, nop)
			})
		})
		closed(t, waits, "a to wait for room")
		release() // b takes its message, which makes room for a's, and asks a
		ok(t, receive(t, fromB, "b's call"))
		ok(t, receive(t, fromA, "a's cast"))
	}
}

// Many actors that wait for each other in passing, with deadlines, kills and full mailboxes: all come back.
func TestWaitsOfAllKindsComeBack(t *testing.T) {
	p := newProc(t, quiet)
	var gates []sample.GateHandle
	for range 6 {
		gates = append(gates, spawnGate(t, p, actor.MailboxSize(2), actor.OnFull(actor.FullBlock)))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 300 {
				from, to := gates[(i+n)%6], gates[(i+3*n+1)%6]
				err := from.Do(context.Background(), func(cx *actor.Context) error {
					if n%3 == 0 {
						return to.Post(cx, nop)
					}
					return to.Do(cx, func(cx *actor.Context) error {
						return gates[(i+5*n+2)%6].DoInline(cx, nop)
					})
				})
				if err != nil && actor.CodeOf(err) != actor.CodeCircle {
					t.Error(err)
					return
				}
			}
		})
	}
	await(t, &wg, "the calls")
}

package actor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A diary is a gate that notes what it is sent and when, in the order of handling.
type diary struct {
	sample.GateHandle
	begun time.Time
	mu    sync.Mutex
	notes []string
}

func newDiary(t *testing.T, p actor.Spawner, opts ...actor.SpawnOption) *diary {
	return &diary{GateHandle: spawnGate(t, p, opts...), begun: time.Now()}
}

// note is what a feed sends to have a text noted, with the time since the diary was begun.
func (d *diary) note(text string) func(*actor.Context) error {
	return func(*actor.Context) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.notes = append(d.notes, text+" "+time.Since(d.begun).String())
		return nil
	}
}

// do runs f in the actor's turn.
func (d *diary) do(t *testing.T, f func(cx *actor.Context) error) {
	t.Helper()
	ok(t, d.Do(soon(t), f))
}

// has fails the test unless the notes are these.
func (d *diary) has(t *testing.T, want ...string) {
	t.Helper()
	settledOn(t, &d.mu, &d.notes, want)
}

// settledOn fails the test unless a list that mu guards is this one, once a bubble has settled.
func settledOn[T comparable](t *testing.T, mu *sync.Mutex, list *[]T, want []T) {
	t.Helper()
	synctest.Wait()
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(*list, want) {
		t.Errorf("noted %v, want %v", *list, want)
	}
}

// parity: B37, BT38, C6, CT17
func TestAfterSendsWhenItsTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t))
		d.do(t, func(cx *actor.Context) error {
			ok(t, d.Post(cx, d.note("at once")))
			for _, at := range []time.Duration{3 * time.Second, time.Second, 0} {
				_, err := actor.After(cx, d.Ports().Post, at, d.note("after"))
				ok(t, err)
			}
			return nil
		})
		time.Sleep(3*time.Second - 1)
		d.has(t, "at once 0s", "after 0s", "after 1s")
		time.Sleep(time.Nanosecond)
		d.has(t, "at once 0s", "after 0s", "after 1s", "after 3s")
	})
}

// parity: B37, BT38
// A timer may be for any port, and what has not been sent when its actor ends is not sent.
func TestAfterSendsToAnOpenedPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t)
		to, values := actor.OpenPort[int](p)
		g := spawnGate(t, p)
		begun := time.Now()
		ok(t, g.Do(soon(t), func(cx *actor.Context) error {
			_, err := actor.After(cx, to, 2*time.Second, 7)
			ok(t, err)
			_, err = actor.After(cx, to, time.Minute, 8)
			return err
		}))
		if got, err := values.Recv(t.Context()); got != 7 || err != nil || time.Since(begun) != 2*time.Second {
			t.Errorf("%d, %v after %v", got, err, time.Since(begun))
		}
		g.Actor().Stop(actor.StopDrain, nil)
		time.Sleep(time.Hour)
		if got, some := values.TryRecv(); some {
			t.Errorf("%d was sent after the actor's end", got)
		}
	})
}

// parity: B37
func TestTimerThatIsStoppedDoesNotFire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t))
		var after, every *actor.Timer
		d.do(t, func(cx *actor.Context) (err error) {
			after, err = actor.After(cx, d.Ports().Post, time.Minute, d.note("after"))
			ok(t, err)
			every, err = actor.Every(cx, d.Ports().Post, time.Second, d.note("every"))
			return err
		})
		time.Sleep(1500 * time.Millisecond)
		if !after.Stop() || !every.Stop() {
			t.Error("Stop says that a timer had ended, which had not")
		}
		if after.Stop() || every.Stop() {
			t.Error("Stop says that it has ended a timer, which had ended")
		}
		time.Sleep(time.Hour)
		d.has(t, "every 1s")
	})
}

// parity: C23, CT18
func TestEveryTicksUntilItsIncarnationEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t, quiet), atOnce)
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.Every(cx, d.Ports().Post, 10*time.Millisecond, d.note("ten"))
			ok(t, err)
			_, err = actor.Every(cx, d.Ports().Post, 25*time.Millisecond, d.note("25"))
			return err
		})
		time.Sleep(35 * time.Millisecond)
		ok(t, d.Post(context.Background(), d.note("mail")))
		d.has(t, "ten 10ms", "ten 20ms", "25 25ms", "ten 30ms", "mail 35ms")
		fail(t, d.GateHandle)
		time.Sleep(time.Second)
		d.has(t, "ten 10ms", "ten 20ms", "25 25ms", "ten 30ms", "mail 35ms")
	})
}

// parity: CT18
func TestEveryTicksUntilItsActorStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t, quiet)
		d := newDiary(t, p)
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.Every(cx, d.Ports().Post, time.Second, d.note("tick"))
			return err
		})
		time.Sleep(2500 * time.Millisecond)
		d.Actor().Stop(actor.StopDrain, nil)
		ended(t, d.GateHandle)
		time.Sleep(time.Hour)
		d.has(t, "tick 1s", "tick 2s")
		if drops := p.Drops(); len(drops) > 0 {
			t.Errorf("drops: %v, though nothing had been sent", drops)
		}
	})
}

// A timer that was set by After is the actor's, whatever becomes of the incarnation.
//
// parity: B37, BT38
func TestAfterOutlivesARestartAndNotTheActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t, quiet)
		d := newDiary(t, p, atOnce)
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.After(cx, d.Ports().Post, time.Second, d.note("kept"))
			ok(t, err)
			_, err = actor.After(cx, d.Ports().Post, time.Minute, d.note("dropped"))
			return err
		})
		fail(t, d.GateHandle)
		time.Sleep(2 * time.Second)
		d.has(t, "kept 1s")
		d.Actor().Stop(actor.StopDrain, nil)
		ended(t, d.GateHandle)
		time.Sleep(time.Hour)
		d.has(t, "kept 1s")
		if drops := p.Drops(); len(drops) > 0 {
			t.Errorf("drops: %v, though nothing had been sent", drops)
		}
	})
}

// As with a time.Ticker, a tick is left out while the one before waits.
func TestTicksDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t))
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.Every(cx, d.Ports().Post, time.Second, d.note("tick"))
			return err
		})
		d.do(t, func(*actor.Context) error { time.Sleep(4500 * time.Millisecond); return nil })
		d.has(t, "tick 4.5s")
		time.Sleep(time.Second)
		d.has(t, "tick 4.5s", "tick 5s")
	})
}

// A timer has its place in the queue though others have filled it.
func TestTimerIsNotRefusedByAFullMailbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t), actor.MailboxSize(2))
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.After(cx, d.Ports().Post, time.Second, d.note("after"))
			return err
		})
		release := hold(t, d.GateHandle)
		ok(t, d.Post(context.Background(), d.note("mail")))
		ok(t, d.Post(context.Background(), d.note("mail")))
		wantCode(t, d.Post(context.Background(), d.note("mail")), actor.CodeMailboxFull)
		time.Sleep(time.Second)
		synctest.Wait()
		release()
		d.has(t, "mail 1s", "mail 1s", "after 1s")
	})
}

// What a timer sends carries the headers of the message in which it was set, and its actor as the caller.
func TestTimerCarriesHeadersAndCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t))
		got := make(chan string, 1)
		ctx := actor.WithHeader(context.Background(), "trace", "t1")
		ok(t, d.Do(ctx, func(cx *actor.Context) error {
			_, err := actor.After(cx, d.Ports().Post, time.Second, func(cx *actor.Context) error {
				if cx.Caller() != d.Actor().ID() {
					t.Errorf("the caller is %v", cx.Caller())
				}
				if _, limit := cx.Deadline(); limit {
					t.Error("there is a deadline")
				}
				got <- cx.Header("trace")
				return nil
			})
			return err
		}))
		if h := <-got; h != "t1" {
			t.Errorf("the header is %q", h)
		}
	})
}

// A timer whose port leads to nobody any more says so once, and ends.
func TestEveryEndsWithItsTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t, quiet)
		var lost []error
		d := &diary{begun: time.Now()}
		d.GateHandle = spawnGateAs(t, p, sample.Gate{OnLost: func(u *actor.Undelivered) {
			if u.Args != int64(7) {
				t.Errorf("what was lost is %v", u.Args)
			}
			lost = append(lost, u.Err)
		}})
		to := spawnCounter(t, p)
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.Every(cx, to.Ports().Add, time.Second, 7)
			return err
		})
		time.Sleep(1500 * time.Millisecond)
		to.Actor().Stop(actor.StopNow, nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(lost) != 1 || !errors.Is(lost[0], actor.ErrStopped) {
			t.Errorf("told of %v, want one ErrStopped", lost)
		}
	})
}

// A tick on which another actor panics, or that its Init drops with the mailbox, is handled for the ticker: the next ones come, and
// the mailbox has no more room than before.
func TestEveryGoesOnThoughATickFailsOrIsDropped(t *testing.T) {
	for name, drops := range map[string]bool{"panic": false, "dropped": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProc(t, quiet)
				d := newDiary(t, p)
				to, err := sample.SpawnGate(p, "", func() *sample.Gate {
					return &sample.Gate{OnInit: func(cx *actor.Context) error {
						if drops {
							_, err := cx.ClearMailbox()
							return err
						}
						return nil
					}}
				}, atOnce, actor.MailboxSize(2))
				ok(t, err)
				ticks := 0
				d.do(t, func(cx *actor.Context) error {
					_, err := actor.Every(cx, to.Ports().Post, time.Second, func(*actor.Context) error {
						if ticks++; ticks == 1 && !drops {
							panic(errBoom)
						}
						return nil
					})
					return err
				})
				if drops {
					ok(t, to.Post(soon(t), func(*actor.Context) error { <-time.After(1500 * time.Millisecond); return errBoom }))
				}
				time.Sleep(5500 * time.Millisecond)
				synctest.Wait()
				if want := 5 - int(to.Actor().Status().Restarts); drops && ticks != want || !drops && ticks != 5 {
					t.Errorf("%d ticks were handled", ticks)
				}
				release := hold(t, to)
				ok(t, to.Post(soon(t), d.note("")))
				ok(t, to.Post(soon(t), d.note("")))
				wantCode(t, to.Post(soon(t), d.note("")), actor.CodeMailboxFull)
				release()
			})
		})
	}
}

func TestTimersThatCannotBeSet(t *testing.T) {
	g := spawnGate(t, newProc(t))
	post := g.Ports().Post
	nothing := func(*actor.Context) error { return nil }
	var old *actor.Context
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		old = cx
		_, err := actor.Every(cx, post, 0, nothing)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "every 0s", "positive")
		_, err = actor.After(cx, actor.Port[int]{}, time.Second, 1)
		wantCode(t, err, actor.CodeUnbound)
		wantText(t, err, "setting a timer", "zero value")
		_, err = actor.After(nil, post, time.Second, nothing)
		wantCode(t, err, actor.CodeMisuse)
		return nil
	}))
	g.Actor().Stop(actor.StopNow, nil)
	ended(t, g)
	_, err := actor.After(old, post, time.Second, nothing)
	wantCode(t, err, actor.CodeStopped)
	wantText(t, err, "setting a timer", "is ending")
}

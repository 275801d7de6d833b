package actor_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Every call to an actor that is killed under load is answered once, with its result or with an error that says so.
func TestKillUnderLoadAnswersEveryCallOnce(t *testing.T) {
	p := newProc(t, quiet)
	for range 300 {
		h := spawnCounter(t, p)
		var wg sync.WaitGroup
		var answered atomic.Int64
		for range 8 {
			wg.Go(func() {
				for n := int64(1); ; n++ {
					total, err := h.Deposit(context.Background(), 1, "x")
					switch actor.CodeOf(err) {
					case actor.CodeUnknown:
						if err != nil || total <= 0 {
							t.Errorf("answer %d, %v", total, err)
							return
						}
						answered.Add(1)
					case actor.CodeStopped:
						return
					default:
						t.Error(err)
						return
					}
				}
			})
		}
		for answered.Load() < 50 {
			if total, err := h.Deposit(context.Background(), 1, "y"); err != nil || total <= 0 {
				t.Fatal(total, err)
			}
			answered.Add(1)
		}
		h.Actor().Stop(actor.StopKill, nil)
		await(t, &wg, "the callers of a killed actor")
	}
}

// Everything at once: eight goroutines spawn, cast, call, restart, stop and kill fifty actors for a second; every call comes back with an
// answer of the few that can be, and at the end nothing is left.
func TestEverythingAtOnce(t *testing.T) {
	p := newProc(t, quiet, actor.OnUndelivered(func(*actor.Undelivered) {}))
	var slots [50]atomic.Pointer[sample.GateHandle]
	fresh := func(parent actor.Spawner, n int) sample.GateHandle {
		g, err := sample.SpawnGate(parent, "", func() *sample.Gate {
			return &sample.Gate{OnCleanup: func(*actor.Context, error) error { return nil }, OnLost: func(*actor.Undelivered) {}}
		}, actor.MailboxSize(1+n%40), actor.OnFull(actor.FullPolicy(n%4)), actor.OnFailure([]actor.Strategy{
			actor.Restart{Max: 5, Backoff: actor.NoBackoff}, actor.StopActor, actor.Escalate, actor.Resume, actor.Restart{Backoff: actor.Static(time.Millisecond)},
		}[n%5]))
		if err != nil && actor.CodeOf(err) != actor.CodeStopped {
			t.Error(err)
		}
		return g
	}
	for i := range slots {
		g := fresh(p, i)
		slots[i].Store(&g)
	}
	fails := []func(*actor.Context) error{failures["error"], failures["Fatal"], failures["panic"], failures["Goexit"]}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var calls atomic.Int64
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(seed, 1))
			for ctx.Err() == nil {
				slot := &slots[dice.IntN(len(slots))]
				g, other := *slot.Load(), *slots[dice.IntN(len(slots))].Load()
				// Waiting for room, or for a restart, has an end.
				short, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
				var err error
				n := dice.IntN(1000)
				switch n % 12 {
				case 0, 1, 2:
					err = g.Post(short, nop)
				case 3, 4:
					err = g.Do(short, func(cx *actor.Context) error { return other.Do(cx, nop) })
				case 5:
					err = g.DoInline(short, func(cx *actor.Context) error { return other.Post(cx, nop) })
				case 6:
					_, err = g.Ref().Meet(short, other.Ref(), "x")
				case 7:
					err = g.Do(short, func(cx *actor.Context) error {
						child := fresh(cx, n)
						slot.Store(&child)
						return nil
					})
				case 8:
					err = g.Post(short, fails[n%4])
				case 9:
					err = g.Do(short, fails[n%4])
				case 10:
					g.Actor().Restart(nil)
				case 11:
					g.Actor().Stop(modes[n%3], nil)
					root := fresh(p, n)
					slot.Store(&root)
				}
				stop()
				calls.Add(1)
				switch code := actor.CodeOf(err); code {
				case actor.CodeUnknown, actor.CodeStopped, actor.CodeNotFound, actor.CodeMailboxFull, actor.CodeCircle, actor.CodePanic,
					actor.CodeDeadline, actor.CodeCanceled, actor.CodeUnbound:
				default:
					t.Errorf("%v: %v", code, err)
				}
			}
		})
	}
	await(t, &wg, "the callers")
	t.Logf("%d steps, drops %v, %d failures of roots", calls.Load(), p.Drops(), len(p.Failures()))
}

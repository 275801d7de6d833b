package actor_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
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

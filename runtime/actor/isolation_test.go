package actor_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

func bigOne(name string) sample.Big {
	return sample.Big{Name: name, Words: [8]int64{1, -2, 3}, Tags: map[string]string{"k": name}}
}

// In isolation nothing is shared between sender and receiver, as if they were in two procs.
func TestIsolationSharesNothing(t *testing.T) {
	for name, isolated := range map[string]bool{"isolated": true, "as usual": false} {
		t.Run(name, func(t *testing.T) {
			var opts []actor.ProcOption
			if isolated {
				opts = append(opts, actor.Isolated())
			}
			p := newProc(t, opts...)
			var state *sample.Gate
			g, err := sample.SpawnGate(p, "", func() *sample.Gate { state = &sample.Gate{}; return state })
			ok(t, err)
			mine := bigOne("mine")
			_, err = g.Trade(soon(t), mine)
			ok(t, err)
			mine.Tags["k"] = "changed by the sender"
			var kept string
			ok(t, g.Do(soon(t), func(*actor.Context) error { kept = state.Kept.Tags["k"]; return nil }))
			if shared := kept != "mine"; shared == isolated {
				t.Errorf("the handler has %q", kept)
			}
			back, err := g.Trade(soon(t), bigOne("other"))
			ok(t, err)
			if back.Name != "mine" || back.Words != mine.Words {
				t.Errorf("the result is %+v", back)
			}
			back, err = g.Trade(soon(t), sample.Big{})
			ok(t, err)
			back.Tags["k"] = "changed by the caller"
			if back.Name != "other" {
				t.Errorf("the result is %+v", back)
			}
		})
	}
}

// All else is as usual: kinds of messages, order, errors, headers, refs, undelivered messages.
func TestIsolationKeepsThePromises(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, actor.Isolated(), lost.option())
	h := spawnCounter(t, p)
	ctx := soon(t)
	for i := range 200 {
		ok(t, h.Note(ctx, strconv.Itoa(i)))
	}
	for i, n := range notes(t, h) {
		if n != strconv.Itoa(i) {
			t.Fatalf("note %d is %s", i, n)
		}
	}
	ok(t, h.Add(ctx, 1))
	ok(t, h.Ref().Add(ctx, 1))
	ok(t, h.Ports().Move.Send(ctx, sample.CounterMoveArgs{From: "a", To: "b", N: 3}))
	ok(t, h.Load(ctx, bigOne("x")))
	if n, err := h.Deposit(ctx, 10, "note"); n != 15 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := h.Total(ctx); n != 15 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	_, err := h.Deposit(ctx, 2000, "")
	if tm, is := errors.AsType[*sample.TooMuch](err); !is || tm.Asked != 2000 {
		t.Errorf("%v", err)
	}
	// A ref in a message works from the proc that received it.
	other := spawnCounter(t, p)
	ok(t, h.Meet(ctx, other.Ref()))
	if n, err := other.Total(ctx); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	err = h.Meet(ctx, h.Ref())
	wantCode(t, err, actor.CodeCircle)
	err = h.Meet(ctx, sample.CounterRef{})
	wantCode(t, err, actor.CodeUnbound)

	g := spawnGate(t, p)
	release := hold(t, g)
	calls := make(chan error, 5)
	for range 5 {
		inside := make(chan struct{})
		go func() {
			_, err := g.Echo(&enteringContext{Context: actor.WithHeader(ctx, "k", "v"), inside: inside}, "x")
			calls <- err
		}()
		closed(t, inside, "a call to wait")
	}
	g.Actor().Stop(actor.StopKill, errBoom)
	for range 5 {
		if err := receive(t, calls, "a call"); !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
			t.Error(err)
		}
	}
	release()

	r := spawnRecorder(t, p, "r", nil)
	release = holdCounter(t, r)
	ok(t, r.Add(ctx, 7))
	ok(t, r.Load(ctx, bigOne("big")))
	r.Actor().Stop(actor.StopNow, nil)
	release()
	_, err = r.Actor().Wait(ctx)
	ok(t, err)
	if all := lost.list(); len(all) != 2 || all[0].Args != int64(7) || all[1].Args.(sample.Big).Name != "big" {
		t.Errorf("%+v", all)
	}
}

func TestIsolationUnderLoad(t *testing.T) {
	p := newProc(t, quiet, actor.Isolated())
	for i := range 50 {
		g := spawnGate(t, p, actor.MailboxSize(1+i%5), actor.OnFull(actor.FullPolicy(i%4)), atOnce)
		var wg sync.WaitGroup
		for c := range 6 {
			wg.Go(func() {
				for n := range 30 {
					ctx, cancel := context.WithCancel(context.Background())
					if n%5 == 0 {
						go cancel()
					}
					want := fmt.Sprintf("%d.%d", c, n)
					got, err := g.Echo(ctx, want)
					if err == nil && got != want {
						t.Errorf("%q came back as %q", want, got)
					}
					if n%9 == 0 {
						g.Post(ctx, failures["panic"])
					}
					switch actor.CodeOf(err) {
					case actor.CodeUnknown, actor.CodeCanceled, actor.CodeMailboxFull, actor.CodeStopped:
					default:
						t.Error(err)
					}
					cancel()
				}
			})
		}
		if i%2 == 0 {
			g.Actor().Stop(modes[i%3], nil)
		}
		await(t, &wg, "the callers")
	}
}

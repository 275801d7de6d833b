package actor_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// notes returns what a Counter has noted, in order.
func notes(t *testing.T, h sample.CounterHandle) []string {
	t.Helper()
	var all []string
	ok(t, h.Each(soon(t), func(n string) { all = append(all, n) }))
	return all
}

// parity: CT15
func TestCastsOfOneSenderKeepTheirOrder(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p, actor.MailboxSize(1<<16))
	const n = 10000
	for i := range n {
		ok(t, h.Note(context.Background(), strconv.Itoa(i)))
	}
	got := notes(t, h)
	if len(got) != n {
		t.Fatalf("%d notes, want %d", len(got), n)
	}
	for i, s := range got {
		if s != strconv.Itoa(i) {
			t.Fatalf("note %d is %s", i, s)
		}
	}
}

// parity: BT42, BT43, CT15
// Whatever way a message takes, by handle, ref or port, in the cell or in a frame, inline or not, it does not overtake.
func TestMessagesOfAllKindsKeepTheirOrder(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p)
	ref, ports := h.Ref(), h.Ports()
	ctx := soon(t)
	var want int64
	for i := range int64(300) {
		ok(t, h.Add(ctx, 1))
		ok(t, ref.Add(ctx, 1))
		ok(t, ports.Add.Send(ctx, 1))
		ok(t, h.Load(ctx, sample.Big{Name: "b"}))
		ok(t, h.Move(ctx, "a", "b", 1))
		if want += 4; i%3 == 0 {
			if got, err := h.Total(ctx); got != want || err != nil {
				t.Fatalf("the inline call sees %d, %v, want %d", got, err, want)
			}
		}
		if i%3 == 1 {
			want++
			if got, err := ref.Deposit(ctx, 1, ""); got != want || err != nil {
				t.Fatalf("the call sees %d, %v, want %d", got, err, want)
			}
		}
	}
}

// parity: BT44
// If one send happens before another they are handled in that order, whoever sent them.
func TestOrderHoldsAcrossSenders(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p)
	const senders, rounds = 8, 200
	baton := make(chan int, 1)
	baton <- 0
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for range rounds {
				i := <-baton
				if err := h.Note(context.Background(), strconv.Itoa(i)); err != nil {
					t.Error(err)
				}
				baton <- i + 1
			}
		})
	}
	await(t, &wg, "the senders")
	for i, s := range notes(t, h) {
		if s != strconv.Itoa(i) {
			t.Fatalf("note %d is %s", i, s)
		}
	}
}

// parity: BT59
// Actors that pass a baton keep the order too, though their messages go through the slots of workers.
func TestOrderHoldsAcrossActors(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p)
	const n = 2000
	var ring [5]sample.GateHandle
	for i := range ring {
		ring[i] = spawnGate(t, p)
	}
	over := make(chan struct{})
	var pass func(i int) func(*actor.Context) error
	pass = func(i int) func(*actor.Context) error {
		return func(cx *actor.Context) error {
			if i == n {
				close(over)
				return nil
			}
			if err := h.Note(cx, strconv.Itoa(i)); err != nil {
				return err
			}
			return ring[(i+1)%len(ring)].Post(cx, pass(i+1))
		}
	}
	ok(t, ring[0].Post(context.Background(), pass(0)))
	closed(t, over, "the ring")
	got := notes(t, h)
	if len(got) != n {
		t.Fatalf("%d notes, want %d", len(got), n)
	}
	for i, s := range got {
		if s != strconv.Itoa(i) {
			t.Fatalf("note %d is %s", i, s)
		}
	}
}

func TestBlockedSenderKeepsItsOrder(t *testing.T) {
	p := newProc(t)
	for _, size := range []int{1, 2, 17, 40} {
		h := spawnCounter(t, p, actor.MailboxSize(size), actor.OnFull(actor.FullBlock))
		for i := range 1000 {
			ok(t, h.Note(soon(t), strconv.Itoa(i)))
		}
		got := notes(t, h)
		if len(got) != 1000 {
			t.Fatalf("size %d: %d notes", size, len(got))
		}
		for i, s := range got {
			if s != strconv.Itoa(i) {
				t.Fatalf("size %d: note %d is %s", size, i, s)
			}
		}
	}
}

// After a failure the rest of the batch comes first, then what was queued meanwhile.
func TestOrderSurvivesARestart(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.OnFailure(actor.Restart{Max: actor.Unlimited, Backoff: actor.NoBackoff}))
	var order []int
	release := hold(t, g)
	for i := range 100 {
		ok(t, g.Post(context.Background(), func(*actor.Context) error {
			order = append(order, i)
			switch {
			case i%10 == 3:
				return errBoom
			case i%10 == 7:
				panic("boom")
			}
			return nil
		}))
	}
	release()
	for i := 100; i < 200; i++ {
		ok(t, g.Post(context.Background(), func(*actor.Context) error { order = append(order, i); return nil }))
	}
	flush(t, g)
	want := make([]int, 200)
	for i := range want {
		want[i] = i
	}
	if !slices.Equal(order, want) {
		t.Errorf("handled in the order %v", order)
	}
}

package actor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// sizes of mailboxes around those of blocks.
var sizes = []int{1, 2, 15, 16, 17, 18, 32, 33, 34, 100}

func TestFullMailboxIsAnError(t *testing.T) {
	p := newProc(t)
	for _, size := range sizes {
		g := spawnGate(t, p, actor.MailboxSize(size))
		release := hold(t, g)
		var ran int
		count := func(*actor.Context) error { ran++; return nil }
		for i := range size {
			if err := g.Post(context.Background(), count); err != nil {
				t.Fatalf("size %d: message %d: %v", size, i+1, err)
			}
		}
		for name, send := range map[string]func() error{
			"cast":       func() error { return g.Post(context.Background(), count) },
			"call":       func() error { return g.Do(soon(t), count) },
			"inline":     func() error { return g.DoInline(soon(t), count) },
			"wire call":  func() error { _, err := g.Echo(soon(t), "x"); return err },
			"call again": func() error { _, err := g.Ref().Echo(soon(t), "x"); return err },
		} {
			err := send()
			if !errors.Is(err, actor.ErrMailboxFull) {
				t.Errorf("size %d: %s: %v", size, name, err)
				continue
			}
			wantText(t, err, "sample.Gate.", "the mailbox of sample.Gate #", "is full")
		}
		release()
		drain(t, g)
		if ran != size {
			t.Errorf("size %d: %d handled", size, ran)
		}
		if len(p.Drops()) > 0 {
			t.Errorf("size %d: a refused message is no drop: %v", size, p.Drops())
		}
	}
}

// After a full mailbox has been worked off there is room again, exactly as much.
func TestRoomComesBack(t *testing.T) {
	p := newProc(t)
	for _, size := range sizes {
		g := spawnGate(t, p, actor.MailboxSize(size))
		for range 5 {
			release := hold(t, g)
			for i := range size {
				if err := g.Post(context.Background(), func(*actor.Context) error { return nil }); err != nil {
					t.Fatalf("size %d: message %d: %v", size, i+1, err)
				}
			}
			err := g.Post(context.Background(), func(*actor.Context) error { return nil })
			wantCode(t, err, actor.CodeMailboxFull)
			release()
			drain(t, g)
		}
	}
}

// drain waits until g's mailbox is empty, however full it is.
func drain(t *testing.T, g sample.GateHandle) {
	t.Helper()
	for {
		err := g.Do(soon(t), func(*actor.Context) error { return nil })
		if err == nil {
			return
		}
		wantCode(t, err, actor.CodeMailboxFull)
	}
}

// A long row of single messages never finds a mailbox full that is not.
func TestSingleMessagesNeverFindTheMailboxFull(t *testing.T) {
	p := newProc(t)
	for _, size := range []int{1, 2, 40} {
		h := spawnCounter(t, p, actor.MailboxSize(size))
		for i := range 20000 {
			if _, err := h.Deposit(context.Background(), 1, ""); err != nil {
				t.Fatalf("size %d, call %d: %v", size, i, err)
			}
		}
	}
}

func TestMailboxOfZeroOrLessHoldsOne(t *testing.T) {
	p := newProc(t)
	for _, size := range []int{0, -1} {
		g := spawnGate(t, p, actor.MailboxSize(size))
		release := hold(t, g)
		ok(t, g.Post(context.Background(), func(*actor.Context) error { return nil }))
		wantCode(t, g.Post(context.Background(), func(*actor.Context) error { return nil }), actor.CodeMailboxFull)
		release()
		drain(t, g)
	}
}

func TestFullBlockWaitsForRoom(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p, actor.MailboxSize(2), actor.OnFull(actor.FullBlock))
	release := hold(t, g)
	var handled []int
	post := func(ctx context.Context, i int) error {
		return g.Post(ctx, func(*actor.Context) error { handled = append(handled, i); return nil })
	}
	ok(t, post(soon(t), 0))
	ok(t, post(soon(t), 1))
	// One that gives up is not handled, nor counted as lost.
	ctx, cancel := context.WithCancel(context.Background())
	inside := make(chan struct{})
	gaveUp := begin(func() error { return post(&enteringContext{Context: ctx, inside: inside}, 2) })
	closed(t, inside, "the sender to wait")
	cancel()
	err := receive(t, gaveUp, "the sender that gave up")
	wantCode(t, err, actor.CodeCanceled)
	wantText(t, err, "sample.Gate.Post")
	// One that waits gets in.
	inside2 := make(chan struct{})
	waited := begin(func() error { return post(&enteringContext{Context: soon(t), inside: inside2}, 3) })
	closed(t, inside2, "the sender to wait")
	select {
	case err := <-waited:
		t.Fatalf("the sender did not wait: %v", err)
	default:
	}
	release()
	ok(t, receive(t, waited, "the sender that waits"))
	flush(t, g)
	if !slices.Equal(handled, []int{0, 1, 3}) {
		t.Errorf("handled %v", handled)
	}
	if len(p.Drops()) > 0 {
		t.Errorf("drops %v", p.Drops())
	}
}

func TestFullBlockManySenders(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p, actor.MailboxSize(3), actor.OnFull(actor.FullBlock))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 500 {
				var err error
				switch i % 3 {
				case 0:
					err = h.Add(soon(t), 1)
				case 1:
					_, err = h.Deposit(soon(t), 1, "")
				case 2:
					err = h.Move(soon(t), "a", "b", 1)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	await(t, &wg, "the senders")
	if n, err := h.Deposit(soon(t), 0, ""); n != 8*500 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Senders that wait for room in an actor that ends are told.
func TestFullBlockEndsWithTheActor(t *testing.T) {
	p := newProc(t, quiet)
	for _, mode := range []actor.StopMode{actor.StopDrain, actor.StopNow, actor.StopKill} {
		g := spawnGate(t, p, actor.MailboxSize(1), actor.OnFull(actor.FullBlock))
		release := hold(t, g)
		ok(t, g.Post(soon(t), func(*actor.Context) error { return nil }))
		inside := make(chan struct{})
		done := begin(func() error {
			return g.Post(&enteringContext{Context: soon(t), inside: inside}, func(*actor.Context) error { return nil })
		})
		closed(t, inside, "the sender to wait")
		g.Actor().Stop(mode, nil)
		if mode != actor.StopKill {
			release()
		}
		err := receive(t, done, "the sender")
		if !errors.Is(err, actor.ErrStopped) {
			t.Errorf("%v: %v", mode, err)
		}
		release()
		g.Actor().Wait(soon(t))
	}
}

func TestFullDropNewest(t *testing.T) {
	var lost []*actor.Undelivered
	p := newProc(t, quiet, actor.OnUndelivered(func(u *actor.Undelivered) { lost = append(lost, u) }))
	h := spawnRecorder(t, p, "", nil, actor.MailboxSize(2), actor.OnFull(actor.FullDropNewest))
	release := holdCounter(t, h)
	ok(t, h.Add(context.Background(), 1))
	ok(t, h.Add(context.Background(), 2))
	ok(t, h.Add(context.Background(), 4))                        // dropped
	ok(t, h.Load(context.Background(), sample.Big{Name: "big"})) // dropped, with its frame
	_, err := h.Deposit(soon(t), 8, "")
	if !errors.Is(err, actor.ErrMailboxFull) {
		t.Errorf("a dropped call is answered with %v", err)
	}
	release()
	if n, err := depositZero(t, h); n != 3 || err != nil {
		t.Errorf("total %d, %v", n, err)
	}
	if len(lost) != 2 || lost[0].Args != int64(4) || lost[1].Args.(sample.Big).Name != "big" {
		t.Fatalf("lost %+v", lost)
	}
	if n := p.Drops()[actor.CodeMailboxFull]; n != 2 {
		t.Errorf("drops %v", p.Drops())
	}
}

// holdCounter has h, which must be a recorder, blocked until the function that it returns is called.
func holdCounter(t *testing.T, h sample.CounterHandle) (release func()) {
	t.Helper()
	running, gate := make(chan struct{}), make(chan struct{})
	open := sync.OnceFunc(func() { close(gate) })
	t.Cleanup(open)
	done := begin(func() error {
		return h.Each(context.Background(), func(string) { close(running); <-gate })
	})
	closed(t, running, "the counter to be held")
	return func() {
		open()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// depositZero returns the total once there is room for the question.
func depositZero(t *testing.T, h sample.CounterHandle) (n int64, err error) {
	t.Helper()
	for {
		if n, err = h.Deposit(soon(t), 0, ""); !errors.Is(err, actor.ErrMailboxFull) {
			return n, err
		}
	}
}

func TestFullDropOldestKeepsTheNewestInOrder(t *testing.T) {
	for _, size := range sizes {
		var lost []int64
		p := newProc(t, quiet, actor.OnUndelivered(func(u *actor.Undelivered) { lost = append(lost, u.Args.(int64)) }))
		var handled []int64
		h := spawnRecorder(t, p, "", func(n int64) { handled = append(handled, n) }, actor.MailboxSize(size), actor.OnFull(actor.FullDropOldest))
		release := holdCounter(t, h)
		const n = 250
		for i := range int64(n) {
			ok(t, h.Add(context.Background(), i))
		}
		release()
		if _, err := h.Deposit(soon(t), 0, ""); err != nil {
			t.Fatal(err)
		}
		var wantLost, wantHandled []int64
		for i := range int64(n) {
			if i < int64(n-size) {
				wantLost = append(wantLost, i)
			} else {
				wantHandled = append(wantHandled, i)
			}
		}
		// The question may itself have pushed out the oldest.
		if len(lost) > len(wantLost) {
			wantLost, wantHandled = append(wantLost, wantHandled[0]), wantHandled[1:]
		}
		if !slices.Equal(lost, wantLost) || !slices.Equal(handled, wantHandled) {
			t.Errorf("size %d: lost %v, handled %v", size, lost, handled)
		}
		if got := p.Drops()[actor.CodeMailboxFull]; got != uint64(len(lost)) {
			t.Errorf("size %d: drops %v, want %d", size, p.Drops(), len(lost))
		}
	}
}

// recorder is a Counter that tells of what it is asked.
type recorder struct {
	sample.Counter
	onAdd func(n int64)
}

// spawnRecorder spawns one. onAdd may be nil.
func spawnRecorder(t *testing.T, p *actor.Proc, name string, onAdd func(n int64), opts ...actor.SpawnOption) sample.CounterHandle {
	t.Helper()
	h, err := sample.SpawnCounterAs(p, name, func() sample.CounterBehavior { return &recorder{onAdd: onAdd} }, opts...)
	ok(t, err)
	return h
}

func (r *recorder) Add(ctx *actor.Context, n int64) {
	if r.Counter.Add(ctx, n); r.onAdd != nil {
		r.onAdd(n)
	}
}

func (r *recorder) Each(_ *actor.Context, f func(note string)) { f("") }

// parity: CT39
func TestFullDropOldestAnswersEvictedCalls(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.MailboxSize(3), actor.OnFull(actor.FullDropOldest))
	release := hold(t, g)
	first := queue(t, soon(t), g, 3, func(*actor.Context) error { t.Error("an evicted call has run"); return nil })
	var ran int
	for range 3 {
		ok(t, g.Post(context.Background(), func(*actor.Context) error { ran++; return nil }))
	}
	for range 3 {
		err := receive(t, first, "the evicted call")
		if !errors.Is(err, actor.ErrMailboxFull) {
			t.Error(err)
		}
		wantText(t, err, "sample.Gate.Do", "is full")
	}
	release()
	g.Actor().Stop(actor.StopDrain, nil)
	g.Actor().Wait(soon(t))
	if ran != 3 {
		t.Errorf("%d ran", ran)
	}
}

func TestMaxQueuedBoundsTheMailOfAProc(t *testing.T) {
	p := newProc(t, actor.MaxQueued(64<<10))
	var held []func()
	var gates []sample.GateHandle
	for range 4 {
		g := spawnGate(t, p, actor.MailboxSize(1<<20))
		held, gates = append(held, hold(t, g)), append(gates, g)
	}
	sent := 0
	var err error
	for err == nil && sent < 1<<20 {
		if err = gates[sent%4].Post(context.Background(), func(*actor.Context) error { return nil }); err == nil {
			sent++
		}
	}
	if !errors.Is(err, actor.ErrMailboxFull) {
		t.Fatalf("after %d messages: %v", sent, err)
	}
	wantText(t, err, "MaxQueued", "65536")
	if sent < 100 || sent > 10000 {
		t.Errorf("64 KiB hold %d messages", sent)
	}
	for _, release := range held {
		release()
	}
	for _, g := range gates {
		drain(t, g)
	}
	// What has been worked off counts no more.
	for i := range 1000 {
		if err := gates[i%4].Post(context.Background(), func(*actor.Context) error { return nil }); err != nil {
			drain(t, gates[i%4])
		}
	}
	for _, g := range gates {
		drain(t, g)
	}
}

// An actor that ends gives its mail's memory back.
func TestMaxQueuedIsGivenBackByTheEnd(t *testing.T) {
	p := newProc(t, quiet, actor.MaxQueued(64<<10))
	for _, mode := range []actor.StopMode{actor.StopNow, actor.StopKill, actor.StopDrain} {
		for range 50 { // more than fits in all
			g := spawnGate(t, p)
			release := hold(t, g)
			for range 200 {
				ok(t, g.Post(context.Background(), func(*actor.Context) error { return nil }))
			}
			g.Actor().Stop(mode, nil)
			release()
			_, err := g.Actor().Wait(soon(t))
			ok(t, err)
		}
	}
	if _, err := actor.NewProc("x", actor.MaxQueued(0)); actor.CodeOf(err) != actor.CodeMisuse {
		t.Errorf("MaxQueued(0): %v", err)
	}
}

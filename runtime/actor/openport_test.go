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

// parity: B50, B12, BT43, BT48
func TestOpenedPortReceivesInOrderUntilItIsClosed(t *testing.T) {
	p := newProc(t)
	to, values := actor.OpenPort[int](p)
	for i := range 100 {
		ok(t, to.Send(t.Context(), i))
	}
	if n := values.Len(); n != 100 {
		t.Errorf("%d values wait, want 100", n)
	}
	for i := range 100 {
		if got, err := values.Recv(soon(t)); got != i || err != nil {
			t.Fatal(got, err, i)
		}
	}
	if _, some := values.TryRecv(); some {
		t.Error("there is one more")
	}
	values.Close()
	err := to.Send(t.Context(), 1)
	wantCode(t, err, actor.CodeStopped)
	wantText(t, err, "an opened port of int", "opened in proc test", "its receiver was closed")
	_, err = values.Recv(soon(t))
	wantCode(t, err, actor.CodeStopped)
}

// parity: B50, BT48
func TestOpenedPortPassesEachValueToOneReceiver(t *testing.T) {
	p := newProc(t)
	to, values := actor.OpenPort[int](p, actor.OnFull(actor.FullBlock), actor.MailboxSize(3))
	const n, receivers, senders = 3000, 5, 3
	got := make([][]int, receivers)
	var sending, receiving sync.WaitGroup
	for i := range receivers {
		receiving.Go(func() { got[i] = slices.Collect(values.All(soon(t))) })
	}
	for s := range senders {
		sending.Go(func() {
			for i := range n / senders {
				if err := to.Send(soon(t), s*n/senders+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	await(t, &sending, "the senders")
	until(t, "the receivers have everything", func() bool { return values.Len() == 0 })
	values.Close()
	await(t, &receiving, "the receivers")
	all := slices.Concat(got...)
	slices.Sort(all)
	if len(all) != n || all[0] != 0 || all[n-1] != n-1 || len(slices.Compact(all)) != n {
		t.Errorf("%d values were received, want each of %d once", len(all), n)
	}
}

// parity: B64, BT10
func TestOpenedPortEndsWithItsOwner(t *testing.T) {
	p := newProc(t, quiet)
	for name, end := range map[string]func(g sample.GateHandle){
		"restart": func(g sample.GateHandle) { fail(t, g); flush(t, g) },
		"stop":    func(g sample.GateHandle) { g.Actor().Stop(actor.StopDrain, nil); ended(t, g) },
		"kill":    func(g sample.GateHandle) { g.Actor().Stop(actor.StopKill, nil); ended(t, g) },
	} {
		t.Run(name, func(t *testing.T) {
			g := spawnGate(t, p, atOnce)
			var to actor.Port[string]
			var values *actor.Receiver[string]
			ok(t, g.Do(soon(t), func(cx *actor.Context) error {
				to, values = actor.OpenPort[string](cx)
				return to.Send(cx, "before")
			}))
			waiting := make(chan error, 1)
			end(g)
			wantCode(t, to.Send(t.Context(), "after"), actor.CodeStopped)
			if got, err := values.Recv(soon(t)); got != "before" || err != nil {
				t.Errorf("what was accepted cannot be received: %q, %v", got, err)
			}
			go func() { _, err := values.Recv(soon(t)); waiting <- err }()
			wantCode(t, receive(t, waiting, "the end of a receiver"), actor.CodeStopped)
		})
	}
	q, err := actor.NewProc("other", quiet)
	ok(t, err)
	to, values := actor.OpenPort[int](q)
	waiting := begin(func() error { _, err := values.Recv(soon(t)); return err })
	ok(t, q.Close())
	wantCode(t, receive(t, waiting, "the end of the receiver"), actor.CodeStopped)
	wantCode(t, to.Send(t.Context(), 1), actor.CodeStopped)
	to, values = actor.OpenPort[int](q)
	err = to.Send(t.Context(), 1)
	wantCode(t, err, actor.CodeStopped)
	wantText(t, err, "proc other has shut down")
	_, err = values.Recv(t.Context())
	wantCode(t, err, actor.CodeStopped)
	to, _ = actor.OpenPort[int](nil)
	wantText(t, to.Send(t.Context(), 1), "the owner is nil")
}

// What is accepted and will not be received is reported, to the sending actor or to the proc.
func TestPortsThatAreClosedOrFullReportWhatTheyDrop(t *testing.T) {
	var mu sync.Mutex
	var lost []*actor.Undelivered
	p := newProc(t, actor.OnUndelivered(func(u *actor.Undelivered) {
		mu.Lock()
		defer mu.Unlock()
		lost = append(lost, u)
	}))
	to, values := actor.OpenPort[int](p, actor.MailboxSize(2))
	for i := range 2 {
		ok(t, to.Send(t.Context(), i))
	}
	err := to.Send(t.Context(), 2)
	wantCode(t, err, actor.CodeMailboxFull)
	wantText(t, err, "full (2 values)")
	values.Close()
	oldest, _ := actor.OpenPort[int](p, actor.MailboxSize(2), actor.OnFull(actor.FullDropOldest))
	newest, _ := actor.OpenPort[int](p, actor.MailboxSize(2), actor.OnFull(actor.FullDropNewest))
	for i := range 3 {
		ok(t, oldest.Send(t.Context(), 10+i))
		ok(t, newest.Send(t.Context(), 20+i))
	}
	var args []int
	for _, u := range lost {
		args = append(args, u.Args.(int))
	}
	if !slices.Equal(args, []int{0, 1, 10, 22}) {
		t.Errorf("reported %v", args)
	}
	told := make(chan any, 1)
	g := spawnGateAs(t, p, sample.Gate{OnLost: func(u *actor.Undelivered) { told <- u.Args }})
	again, values := actor.OpenPort[int](p)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error { return again.Send(cx, 7) }))
	values.Close()
	if got := receive(t, told, "the report"); got != 7 {
		t.Errorf("reported %v", got)
	}
	if n := p.Drops()[actor.CodeStopped]; n != 3 {
		t.Errorf("%d drops, want 3", n)
	}
}

func TestSenderToAFullPortWaitsNoLongerThanItsContext(t *testing.T) {
	p := newProc(t)
	to, values := actor.OpenPort[int](p, actor.MailboxSize(1), actor.OnFull(actor.FullBlock))
	ok(t, to.Send(t.Context(), 1))
	ctx, cancel := context.WithCancel(context.Background())
	waiting := begin(func() error { return to.Send(ctx, 2) })
	cancel()
	wantCode(t, receive(t, waiting, "the sender"), actor.CodeCanceled)
	g := spawnGate(t, p)
	done := begin(func() error {
		return g.Do(soon(t), func(cx *actor.Context) error { return to.Send(cx, 3) })
	})
	for _, want := range []int{1, 3} {
		if got, err := values.Recv(soon(t)); got != want || err != nil {
			t.Error(got, err)
		}
	}
	ok(t, receive(t, done, "the handler that waits for room"))
	_, err := values.Recv(ctx)
	wantCode(t, err, actor.CodeCanceled)
	wantText(t, err, "receiving from an opened port of int")
}

// parity: B50, BT48
func TestPortForOneValueTakesOne(t *testing.T) {
	p := newProc(t)
	to, value := actor.OpenOnce[string](p)
	var senders sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for range 10 {
		senders.Go(func() {
			err := to.Send(t.Context(), "x")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				accepted++
			} else if !errors.Is(err, actor.ErrStopped) {
				t.Error(err)
			}
		})
	}
	await(t, &senders, "the senders")
	if got, err := value.Recv(soon(t)); accepted != 1 || got != "x" || err != nil {
		t.Error(accepted, got, err)
	}
	_, err := value.Recv(soon(t))
	wantCode(t, err, actor.CodeStopped)
	wantText(t, err, "it takes one value, and has it")
}

// parity: B68
func TestMappedPortTurnsValuesIntoOthers(t *testing.T) {
	p := newProc(t)
	to, values := actor.OpenPort[string](p)
	numbers := actor.MapPort(to, func(n int) string { return string(rune('a' + n)) })
	ok(t, numbers.Send(t.Context(), 2))
	if got, err := values.Recv(soon(t)); got != "c" || err != nil {
		t.Error(got, err)
	}
	if !actor.MapPort(actor.Port[int]{}, func(n int) int { return n }).IsZero() {
		t.Error("what leads nowhere is mapped to something")
	}
	if _, err := numbers.MarshalMsg(nil); actor.CodeOf(err) != actor.CodeEncode {
		t.Errorf("a mapped port is encoded: %v", err)
	}
}

// parity: B66, BT53
func TestAccumulatingPortGivesTheLatestState(t *testing.T) {
	p := newProc(t)
	to, sums := actor.OpenAccumulator(p, func(sum, n int) int { return sum + n })
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for range 250 {
				if err := to.Send(context.Background(), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	await(t, &senders, "the senders")
	if got, err := sums.Recv(soon(t)); got != 1000 || err != nil {
		t.Error(got, err)
	}
	if got, some := sums.TryRecv(); some {
		t.Errorf("the state %d comes a second time", got)
	}
	ok(t, to.Send(t.Context(), -1))
	if got, err := sums.Recv(soon(t)); got != 999 || err != nil {
		t.Error(got, err)
	}
	sums.Close()
	wantCode(t, to.Send(t.Context(), 1), actor.CodeStopped)
}

// parity: BT2, BT10
// A port goes through as many actors as need be, and what is sent by it comes from the last.
func TestPortIsPassedOn(t *testing.T) {
	p := newProc(t)
	first, second := spawnGate(t, p), spawnGate(t, p)
	to, values := actor.OpenPort[string](p)
	ok(t, first.Post(soon(t), func(cx *actor.Context) error { return second.Tell(cx, to, "reply") }))
	if got, err := values.Recv(soon(t)); got != "reply" || err != nil {
		t.Error(got, err)
	}
}

// parity: BT7
// An actor that is asked for one of its ports gives it away, and handles what comes by it before it has drained.
func TestActorGivesAwayItsOwnPort(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	asks, answer := actor.OpenOnce[actor.Port[func(*actor.Context) error]](p)
	ok(t, g.Post(soon(t), func(cx *actor.Context) error { return asks.Send(cx, sample.GateSelf(cx).Ports().Post) }))
	own, err := answer.Recv(soon(t))
	ok(t, err)
	state := 0
	ok(t, own.Send(soon(t), func(*actor.Context) error { state = 123; return nil }))
	g.Actor().Stop(actor.StopDrain, nil)
	if s := ended(t, g); s.State != actor.StateStopped || state != 123 {
		t.Errorf("%+v, state %d", s, state)
	}
}

// A handler that waits at a port holds its turn, and no other actor up.
//
// parity: B50, BT45
func TestHandlerWaitsAtItsOwnPort(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	var got string
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		to, values := actor.OpenOnce[string](cx)
		if err := other.Post(cx, func(cx *actor.Context) error { return to.Send(cx, "answer") }); err != nil {
			return err
		}
		var err error
		got, err = values.Recv(cx)
		return err
	}))
	if got != "answer" {
		t.Errorf("received %q", got)
	}
}

// parity: B65
// A port that was opened to be sent works within the proc as any, and refuses types without a serializer.
func TestPortToBeSentNeedsASerializer(t *testing.T) {
	p := newProc(t)
	to, values, err := actor.OpenRemotePort[sample.Big](p)
	ok(t, err)
	ok(t, to.Send(t.Context(), sample.Big{Name: "x"}))
	if got, err := values.Recv(soon(t)); got.Name != "x" || err != nil {
		t.Error(got, err)
	}
	b, err := to.MarshalMsg(nil)
	ok(t, err)
	var back actor.Port[sample.Big]
	_, err = back.UnmarshalMsg(b)
	ok(t, err)
	values.Close()
	wantCode(t, to.Send(t.Context(), sample.Big{}), actor.CodeStopped)
	_, _, err = actor.OpenRemotePort[func()](p)
	wantCode(t, err, actor.CodeEncode)
	wantText(t, err, "opening a port: func() has no serializer", "//actor:message")
	_, _, err = actor.OpenRemotePort[int](nil)
	wantCode(t, err, actor.CodeMisuse)
}

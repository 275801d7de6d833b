package remote_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// parity: BT42
func TestCallsAndCastsCrossInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		h, err := sample.SpawnCounter(server, "c", func() *sample.Counter { return new(sample.Counter) })
		if err != nil {
			t.Fatal(err)
		}
		ref := at(t, client, server.Address()+"/c")
		ctx := soon(t)
		var want []string
		for i := range 500 {
			text := fmt.Sprint("note ", i)
			want = append(want, text)
			if err := ref.Note(ctx, text); err != nil {
				t.Fatal(err)
			}
		}
		if err := ref.Move(ctx, "from", "to", 7); err != nil {
			t.Fatal(err)
		}
		want = append(want, "from", "to")
		if err := ref.Add(ctx, 3); err != nil {
			t.Fatal(err)
		}
		if n, err := ref.Deposit(ctx, 5, ""); n != 15 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if n, err := ref.Total(ctx); n != 15 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		var got []string
		if err := h.Each(ctx, func(note string) { got = append(got, note) }); err != nil || !slices.Equal(got, want) {
			t.Errorf("got %d notes, want %d, %v", len(got), len(want), err)
		}
	})
}

// parity: A3, A63, A64
func TestErrorsCrossTwoProcs(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		first, _ := newProc(t, "first", listen(t, network))
		second, _ := newProc(t, "second", listen(t, network))
		third, _ := newProc(t, "third", remote.Enable())
		refused := map[string]error{
			"type":     fmt.Errorf("depositing: %w", &sample.TooMuch{Asked: 77}),
			"canceled": context.Canceled,
			"plain":    errors.New("no more today"),
		}
		for name, err := range refused {
			spawn(t, first, name, script{onDeposit: func(context.Context, int64, string) (int64, error) { return 0, err }})
		}
		spawn(t, second, "b", script{})
		b := at(t, third, second.Address()+"/b")
		for name, want := range refused {
			err := b.Meet(soon(t), at(t, third, first.Address()+"/"+name))
			var much *sample.TooMuch
			switch {
			case err == nil || !strings.Contains(err.Error(), want.Error()):
				t.Errorf("%s: got %v", name, err)
			case errors.As(err, &much) != (name == "type") || name == "type" && much.Asked != 77:
				t.Errorf("%s: as TooMuch: %+v", name, much)
			case errors.Is(err, context.Canceled) != (name == "canceled"):
				t.Errorf("%s: is canceled: %v", name, err)
			}
			var e *actor.Error
			if errors.As(err, &e) && (!strings.Contains(e.Origin, "first") || len(e.Path) != 2) {
				t.Errorf("%s: from %q by way of %q", name, e.Origin, e.Path)
			}
		}
	})
}

func TestDialOnlyProcIsCalledBackOverItsOwnLink(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, log := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		spawn(t, server, "c", script{})
		mine := spawn(t, client, "", script{})
		if err := at(t, client, server.Address()+"/c").Meet(soon(t), mine.Ref()); err != nil {
			t.Fatal(err)
		}
		if n, err := mine.Total(soon(t)); n != 1 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if n := len(log.with("DEBUG linked")); n != 1 {
			t.Errorf("%d links", n)
		}
	})
}

func TestRefThatCrossedIsUsedLaterByItsOwnLink(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		a, _ := newProc(t, "a", listen(t, network))
		b, _ := newProc(t, "b", listen(t, network))
		c, _ := newProc(t, "c", listen(t, network))
		var kept sample.CounterRef
		spawn(t, a, "keeper", script{onMeet: func(_ *actor.Context, other sample.CounterRef) error { kept = other; return nil }})
		hidden := spawn(t, b, "", script{})
		// c knows b's actor by a call, and passes it on to a, which dials b by the address in the ref.
		var got sample.CounterRef
		spawn(t, c, "c", script{onMeet: func(_ *actor.Context, other sample.CounterRef) error { got = other; return nil }})
		if err := at(t, b, c.Address()+"/c").Meet(soon(t), hidden.Ref()); err != nil {
			t.Fatal(err)
		}
		if err := at(t, c, a.Address()+"/keeper").Meet(soon(t), got); err != nil {
			t.Fatal(err)
		}
		if n, err := kept.Deposit(soon(t), 5, ""); n != 5 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
	})
}

func TestCancellationCrosses(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		begun, ended := make(chan struct{}), make(chan error, 1)
		spawn(t, server, "c", script{onDeposit: func(ctx context.Context, _ int64, _ string) (int64, error) {
			close(begun)
			<-ctx.Done()
			ended <- ctx.Err()
			return 0, ctx.Err()
		}})
		ctx, cancel := context.WithCancel(soon(t))
		go func() {
			<-begun
			cancel()
		}()
		if _, err := at(t, client, server.Address()+"/c").Deposit(ctx, 1, ""); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestDeadlineCrosses(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		seen := make(chan time.Duration, 2)
		hang := make(chan struct{})
		spawn(t, server, "c", script{onDeposit: func(ctx context.Context, amount int64, _ string) (int64, error) {
			deadline, ok := ctx.Deadline()
			if !ok {
				deadline = time.Time{}
			}
			seen <- time.Until(deadline)
			if amount == 2 {
				<-hang // whatever becomes of the caller
			}
			return 0, nil
		}})
		defer close(hang)
		ref := at(t, client, server.Address()+"/c")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := ref.Deposit(ctx, 1, ""); err != nil {
			t.Fatal(err)
		}
		if d := <-seen; d < 59*time.Minute || d > time.Hour {
			t.Errorf("the handler had %v", d)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := ref.Deposit(ctx, 2, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if d := <-seen; d > 50*time.Millisecond {
			t.Errorf("the handler had %v", d)
		}
	})
}

// parity: A39, A42, A48, A66
func TestLostLinkEndsTheCallsOverIt(t *testing.T) {
	t.Parallel()
	server, _ := newProc(t, "server", listen(t, "tcp"))
	client, log := newProc(t, "client", remote.Enable())
	begun, ended := make(chan struct{}, 10), make(chan struct{}, 10)
	for i := range 10 {
		spawn(t, server, fmt.Sprint("c", i), script{onDeposit: func(ctx context.Context, amount int64, _ string) (int64, error) {
			if amount > 0 {
				begun <- struct{}{}
				<-ctx.Done()
				ended <- struct{}{}
			}
			return amount, nil
		}})
	}
	relay, address := newRelay(t, server.Address())
	errs := make(chan error)
	for i := range 10 {
		go func() {
			_, err := at(t, client, fmt.Sprint(address, "/c", i)).Deposit(soon(t), 1, "")
			errs <- err
		}()
		<-begun
	}
	relay.cut()
	for range 10 {
		err := <-errs
		if !errors.Is(err, actor.ErrUnreachable) || !strings.Contains(err.Error(), "link to proc") {
			t.Error(err)
		}
		<-ended // what nobody waits for is told
	}
	// The next call makes another link.
	if _, err := at(t, client, address+"/c1").Deposit(soon(t), 0, ""); err != nil {
		t.Error(err)
	}
	if n := len(log.with("WARN link lost", "peer=server")); n != 1 {
		t.Errorf("%d lines about it: %q", n, log.with("link lost"))
	}
}

func TestKilledProcessEndsTheCallsToIt(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			child, address := startChild(t, "proc "+network+"://"+where(t, network))
			client, _ := newProc(t, "client", remote.Enable())
			ref := at(t, client, address+"/tally")
			if _, err := ref.Total(soon(t)); err != nil {
				t.Fatal(err)
			}
			errs := make(chan error)
			for range 8 {
				go func() {
					for {
						if _, err := ref.Deposit(soon(t), 1, ""); err != nil {
							errs <- err
							return
						}
					}
				}()
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			for range 8 {
				if err := <-errs; !errors.Is(err, actor.ErrUnreachable) {
					t.Error(err)
				}
			}
		})
	}
}

func TestSilentPeerIsGivenUp(t *testing.T) {
	t.Parallel()
	alive := remote.KeepAlive(100 * time.Millisecond)
	server, _ := newProc(t, "server", listen(t, "tcp", alive))
	client, log := newProc(t, "client", remote.Enable(alive))
	begun, ended := make(chan struct{}), make(chan struct{})
	spawn(t, server, "c", script{onDeposit: func(ctx context.Context, _ int64, _ string) (int64, error) {
		close(begun)
		<-ctx.Done()
		close(ended)
		return 0, nil
	}})
	relay, address := newRelay(t, server.Address())
	go func() {
		<-begun
		relay.hold()
	}()
	_, err := at(t, client, address+"/c").Deposit(soon(t), 1, "")
	if !errors.Is(err, actor.ErrUnreachable) || !strings.Contains(err.Error(), "nothing was heard") {
		t.Error(err)
	}
	<-ended
	if len(log.with("WARN link lost", "nothing was heard")) != 1 {
		t.Errorf("log: %q", log.with(""))
	}
}

// parity: BT49
func TestRestartedProcIsAnotherProc(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		place := where(t, network)
		server, _ := newProc(t, "server", remote.Listen(network+"://"+place))
		client, log := newProc(t, "client", listen(t, network))
		var old sample.CounterRef
		spawn(t, client, "keeper", script{onMeet: func(_ *actor.Context, other sample.CounterRef) error { old = other; return nil }})
		h := spawn(t, server, "c", script{})
		if err := at(t, server, client.Address()+"/keeper").Meet(soon(t), h.Ref()); err != nil {
			t.Fatal(err)
		}
		if _, err := old.Deposit(soon(t), 1, ""); err != nil {
			t.Fatal(err)
		}
		address := server.Address()
		if _, err := server.Shutdown(soon(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := old.Deposit(soon(t), 1, ""); !errors.Is(err, actor.ErrUnreachable) {
			t.Errorf("while it is down: %v", err)
		}
		listenAgain := remote.Listen(network + "://" + place)
		if network == "tcp" {
			listenAgain = remote.Listen(strings.TrimSuffix(address, "/server"))
		}
		again, _ := newProc(t, "server", listenAgain)
		if again.Address() != address {
			t.Fatalf("%s is not %s", again.Address(), address)
		}
		spawn(t, again, "c", script{})
		for range 2 { // with and without a link there already
			if _, err := old.Deposit(soon(t), 1, ""); !errors.Is(err, actor.ErrUnreachable) || !strings.Contains(err.Error(), "another proc") {
				t.Error(err)
			}
		}
		if n, err := at(t, client, address+"/c").Deposit(soon(t), 5, ""); n != 5 || err != nil {
			t.Errorf("by name: %d, %v", n, err)
		}
		if lost := log.with("WARN"); len(lost) > 0 {
			t.Errorf("a proc that shut down was logged as %q", lost)
		}
	})
}

func TestShutdownIsToldToCallers(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, log := newProc(t, "client", remote.Enable())
		begun := make(chan struct{})
		spawn(t, server, "c", script{onDeposit: func(ctx context.Context, _ int64, _ string) (int64, error) {
			close(begun)
			<-ctx.Done()
			return 0, ctx.Err()
		}})
		go func() {
			<-begun
			server.Close()
		}()
		_, err := at(t, client, server.Address()+"/c").Deposit(soon(t), 1, "")
		if err == nil || soon(t).Err() != nil {
			t.Error(err)
		}
		eventually(t, "the link's end", func() bool { return len(log.with("link lost")) == 1 })
		if lost := log.with("link lost", "the proc has shut down"); len(lost) != 1 {
			t.Errorf("log: %q", log.with("link lost"))
		}
	})
}

func TestShutdownIsToldToThoseWhoAreSending(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		for range 10 {
			server, _ := newProc(t, "server", listen(t, network))
			client, log := newProc(t, "client", remote.Enable(), actor.OnUndelivered(func(*actor.Undelivered) {}))
			spawn(t, server, "c", script{onNote: func(*actor.Context, string) {}})
			ref := at(t, client, server.Address()+"/c")
			if _, err := ref.Total(soon(t)); err != nil {
				t.Fatal(err)
			}
			begun := make(chan struct{})
			go func() {
				<-begun
				server.Close()
			}()
			for i := 0; len(log.with("link lost")) == 0; i++ {
				if i == 100 {
					close(begun)
				}
				ref.Note(soon(t), strings.Repeat("x", 1000)) // it fails in the end
			}
			if lost := log.with("link lost", "the proc has shut down"); len(lost) != 1 {
				t.Errorf("log: %q", log.with("link lost"))
			}
			client.Close()
		}
	})
}

func TestBothDialAtOnceAndHaveOneLink(t *testing.T) {
	rounds := 30
	onBoth(t, func(t *testing.T, network string) {
		for range rounds {
			a, logA := newProc(t, "a", listen(t, network))
			b, logB := newProc(t, "b", listen(t, network))
			spawn(t, a, "c", script{})
			spawn(t, b, "c", script{})
			begin := make(chan struct{})
			var wg sync.WaitGroup
			for _, c := range []struct{ from, to *actor.Proc }{{a, b}, {b, a}} {
				for range 4 {
					ref := at(t, c.from, c.to.Address()+"/c")
					wg.Go(func() {
						<-begin
						if _, err := ref.Deposit(soon(t), 1, ""); err != nil {
							t.Error(err)
						}
					})
				}
			}
			close(begin)
			wg.Wait()
			for _, log := range []*journal{logA, logB} {
				if n := len(log.with("DEBUG linked")); n != 1 {
					t.Errorf("%d links: %q", n, log.with(""))
				}
				if bad := log.with("WARN"); len(bad) > 0 {
					t.Errorf("log: %q", bad)
				}
			}
			a.Shutdown(soon(t))
			b.Shutdown(soon(t))
		}
	})
}

// parity: BT49, BT52
func TestUndeliveredCastsComeBack(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		lost := make(chan *actor.Undelivered, 10)
		client, _ := newProc(t, "client", remote.Enable(), actor.OnUndelivered(func(u *actor.Undelivered) { lost <- u }))
		// To nobody, from no actor.
		if err := at(t, client, server.Address()+"/nobody").Note(soon(t), "x"); err != nil {
			t.Fatal(err)
		}
		if u := <-lost; !errors.Is(u.Err, actor.ErrNotFound) || !strings.HasSuffix(u.Handler, "Counter.Note") {
			t.Errorf("got %+v", u)
		}
		// From an actor with a hook, to one whose mailbox is full.
		begun, release := make(chan struct{}), make(chan struct{})
		spawn(t, server, "slow", script{onAdd: func(*actor.Context, int64) {
			close(begun)
			<-release
		}}, actor.MailboxSize(3))
		defer close(release)
		slow := at(t, client, server.Address()+"/slow")
		if err := slow.Add(soon(t), 1); err != nil {
			t.Fatal(err)
		}
		<-begun
		hook := make(chan *actor.Undelivered, 10)
		gate, err := sample.SpawnGate(client, "gate", func() *sample.Gate {
			return &sample.Gate{OnLost: func(u *actor.Undelivered) { hook <- u }}
		})
		if err != nil {
			t.Fatal(err)
		}
		err = gate.Do(soon(t), func(ctx *actor.Context) error {
			for range 5 {
				if err := slow.Note(ctx, "x"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if u := <-hook; !errors.Is(u.Err, actor.ErrMailboxFull) {
				t.Errorf("got %+v", u)
			}
		}
		if _, err := slow.Deposit(soon(t), 1, ""); !errors.Is(err, actor.ErrMailboxFull) {
			t.Errorf("a call: %v", err)
		}
	})
}

func TestUnsentCastsOfALostLinkAreReported(t *testing.T) {
	t.Parallel()
	server, _ := newProc(t, "server", listen(t, "tcp"))
	var mu sync.Mutex
	lost := 0
	client, _ := newProc(t, "client", remote.Enable(remote.Buffer(1<<20)), actor.OnUndelivered(func(u *actor.Undelivered) {
		mu.Lock()
		defer mu.Unlock()
		if lost++; !errors.Is(u.Err, actor.ErrUnreachable) {
			t.Errorf("got %+v", u)
		}
	}))
	handled := 0
	spawn(t, server, "c", script{onNote: func(*actor.Context, string) { mu.Lock(); handled++; mu.Unlock() }})
	relay, address := newRelay(t, server.Address())
	ref := at(t, client, address+"/c")
	if _, err := ref.Total(soon(t)); err != nil {
		t.Fatal(err)
	}
	relay.hold()
	accepted := 0
	text := strings.Repeat("x", 10_000)
	for late := 0; late < 3; { // times in a row that there was no room for long
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		err := ref.Note(ctx, text)
		cancel()
		switch {
		case err == nil:
			accepted++
			late = 0
		case errors.Is(err, context.DeadlineExceeded):
			late++
		default:
			t.Fatal(err)
		}
	}
	relay.cut()
	eventually(t, "the report of what was in the buffer", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return lost >= 1<<19/11_000 // a sender is woken once half of the buffer is free, and this one was not
	})
	mu.Lock()
	defer mu.Unlock()
	if lost+handled > accepted {
		t.Errorf("%d accepted, %d handled, %d reported", accepted, handled, lost)
	}
}

func TestStopAndKillReleaseRemoteCallers(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		for _, mode := range []actor.StopMode{actor.StopNow, actor.StopKill} {
			begun, hang := make(chan struct{}), make(chan struct{})
			h := spawn(t, server, "c", script{onDeposit: func(ctx context.Context, _ int64, _ string) (int64, error) {
				close(begun)
				<-hang
				return 0, errors.New("interrupted")
			}})
			ref := at(t, client, server.Address()+"/c")
			running, queued := make(chan error, 1), make(chan error, 2)
			go func() {
				_, err := ref.Deposit(soon(t), 1, "")
				running <- err
			}()
			<-begun
			for range 2 {
				go func() {
					_, err := ref.Deposit(soon(t), 1, "")
					queued <- err
				}()
			}
			h.Actor().Stop(mode, errors.New("enough"))
			for range 2 { // queued, or too late even for that
				if err := <-queued; !errors.Is(err, actor.ErrStopped) && !errors.Is(err, actor.ErrNotFound) {
					t.Errorf("mode %v: %v", mode, err)
				}
			}
			if mode == actor.StopKill { // which waits for no handler
				if err := <-running; !errors.Is(err, actor.ErrStopped) {
					t.Errorf("mode %v: %v", mode, err)
				}
			}
			close(hang)
			if mode == actor.StopNow {
				if err := <-running; err == nil || !strings.Contains(err.Error(), "interrupted") {
					t.Errorf("mode %v: %v", mode, err)
				}
			}
			if _, err := h.Actor().Wait(soon(t)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestPanicCrossesWithItsStack(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		spawn(t, server, "c", script{onDeposit: func(context.Context, int64, string) (int64, error) { panic("out of coins") }})
		_, err := at(t, client, server.Address()+"/c").Deposit(soon(t), 1, "")
		var e *actor.Error
		if !errors.As(err, &e) || e.Code != actor.CodePanic || !strings.Contains(err.Error(), "out of coins") ||
			!strings.Contains(e.Stack, "TestPanicCrossesWithItsStack") {
			t.Errorf("got %v, %+v", err, e)
		}
	})
}

// parity: BT52
func TestTooLargeMessagesAreRefusedByName(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network, remote.MaxFrame(10_000)))
		client, _ := newProc(t, "client", remote.Enable())
		spawn(t, server, "c", script{})
		ref := at(t, client, server.Address()+"/c")
		long := strings.Repeat("x", 20_000)
		if err := ref.Note(soon(t), long); actor.CodeOf(err) != actor.CodeTooLarge {
			t.Error(err)
		}
		if _, err := ref.Deposit(soon(t), 1, long); actor.CodeOf(err) != actor.CodeTooLarge {
			t.Error(err)
		}
		if n, err := ref.Deposit(soon(t), 1, ""); n != 1 || err != nil {
			t.Errorf("after that: %d, %v", n, err)
		}
	})
}

func TestCircleThroughTwoProcsIsAnError(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		a, _ := newProc(t, "a", listen(t, network))
		b, _ := newProc(t, "b", listen(t, network))
		// Meet makes a call of Deposit on the other, and that one's Deposit calls back.
		var back sample.CounterRef
		h := spawn(t, a, "c", script{})
		spawn(t, b, "c", script{onDeposit: func(ctx context.Context, n int64, _ string) (int64, error) {
			return back.Deposit(ctx, n, "")
		}})
		back = at(t, b, a.Address()+"/c")
		err := h.Meet(soon(t), at(t, a, b.Address()+"/c"))
		if actor.CodeOf(err) != actor.CodeCircle {
			t.Error(err)
		}
	})
}

func TestHeadersCross(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		got := make(chan string, 1)
		spawn(t, server, "c", script{onNote: func(ctx *actor.Context, _ string) { got <- ctx.Header("trace") }})
		ref := at(t, client, server.Address()+"/c")
		if err := ref.Note(actor.WithHeader(soon(t), "trace", "abc"), ""); err != nil {
			t.Fatal(err)
		}
		if h := <-got; h != "abc" {
			t.Errorf("got %q", h)
		}
		long := actor.WithHeader(soon(t), "trace", strings.Repeat("x", 5000))
		if err := ref.Note(long, ""); actor.CodeOf(err) != actor.CodeTooLarge {
			t.Error(err)
		}
	})
}

// A handler that waits for another proc says for which handler.
func TestWaitForAnotherProcIsInspected(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		gate := make(chan struct{})
		spawn(t, server, "slow", script{onDeposit: func(context.Context, int64, string) (int64, error) { <-gate; return 0, nil }})
		h := spawn(t, client, "", script{})
		done := make(chan error, 1)
		ref := at(t, client, server.Address()+"/slow")
		go func() { done <- h.Meet(soon(t), ref) }()
		want := actor.Wait{Label: "sample.Counter.Deposit in another proc"}
		eventually(t, "the wait to be seen", func() bool {
			s := h.Actor().Inspect()
			return len(s.WaitsFor) == 1 && s.WaitsFor[0] == want
		})
		close(gate)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if s := h.Actor().Inspect(); len(s.WaitsFor) != 0 {
			t.Errorf("afterwards it waits for %v", s.WaitsFor)
		}
	})
}

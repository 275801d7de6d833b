package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// A row of procs: whoever asks the last one gets what the first one says, passed on by those between.
type relays struct {
	procs []*actor.Proc
	ask   func(of sample.CounterRef) error
}

// newRelays starts procs a, b, c and d. onPass, if there is one, is what b does with the error that it gets.
func newRelays(t *testing.T, network string, onPass func(error) error) *relays {
	t.Helper()
	r := new(relays)
	for _, name := range []string{"a", "b", "c"} {
		p, _ := newProc(t, name, listen(t, network))
		r.procs = append(r.procs, p)
	}
	client, _ := newProc(t, "d", remote.Enable())
	r.procs = append(r.procs, client)
	if onPass == nil {
		onPass = func(err error) error { return fmt.Errorf("asking a: %w", err) }
	}
	spawn(t, r.procs[1], "relay", script{onMeet: func(ctx *actor.Context, other sample.CounterRef) error {
		_, err := other.Deposit(ctx, 1, "")
		return onPass(err)
	}})
	next := at(t, r.procs[2], r.procs[1].Address()+"/relay")
	spawn(t, r.procs[2], "relay", script{onMeet: func(ctx *actor.Context, other sample.CounterRef) error {
		return fmt.Errorf("asking b: %w", next.Meet(ctx, other))
	}})
	last := at(t, client, r.procs[2].Address()+"/relay")
	r.ask = func(of sample.CounterRef) error { return last.Meet(soon(t), of) }
	return r
}

// fails spawns an actor in the first proc.
func (r *relays) fails(t *testing.T, name string, f func() error) sample.CounterRef {
	t.Helper()
	spawn(t, r.procs[0], name, script{onDeposit: func(context.Context, int64, string) (int64, error) { return 0, f() }})
	return at(t, r.procs[3], r.procs[0].Address()+"/"+name)
}

func asType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// parity: A63, A64
func TestErrorsKeepWhatTheyAreOverManyHops(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		r := newRelays(t, network, nil)
		path := &fs.PathError{Op: "open", Path: "/no/such", Err: fs.ErrNotExist}
		for name, c := range map[string]struct {
			err   error
			code  actor.Code
			typ   string
			is    []error
			isNot []error
			as    func(error) bool
		}{
			"annotated": {err: fmt.Errorf("depositing: %w", &sample.TooMuch{Asked: 77}), code: actor.CodeHandler, typ: "*sample.TooMuch",
				as: asType[*sample.TooMuch], isNot: []error{actor.ErrStopped, context.Canceled, fs.ErrNotExist}},
			"not-annotated": {err: fmt.Errorf("reading: %w", path), code: actor.CodeHandler, typ: "*fs.PathError",
				is: []error{fs.ErrNotExist}, isNot: []error{fs.ErrExist}},
			"own": {err: fmt.Errorf("depositing: %w", actor.ErrMailboxFull), code: actor.CodeMailboxFull,
				is: []error{actor.ErrMailboxFull}, isNot: []error{actor.ErrStopped}},
			"fatal": {err: actor.Fatal(errors.New("out of coins")), code: actor.CodeFatal, typ: "*errors.errorString"},
			"joined": {err: errors.Join(&sample.TooMuch{Asked: 77}, actor.ErrStopped, errors.New("plain"), fmt.Errorf("full: %w", actor.ErrMailboxFull),
				context.DeadlineExceeded, fs.ErrExist), code: actor.CodeStopped, typ: "*sample.TooMuch", as: asType[*sample.TooMuch],
				is: []error{actor.ErrStopped, actor.ErrMailboxFull, context.DeadlineExceeded, fs.ErrExist}, isNot: []error{context.Canceled, actor.ErrNotFound}},
		} {
			err := r.ask(r.fails(t, name, func() error { return c.err }))
			e, ok := errors.AsType[*actor.Error](err)
			if !ok || e.Code != c.code || e.Type != c.typ {
				t.Errorf("%s: got %+v", name, err)
				continue
			}
			if want := "sample.Counter " + name + " in proc a"; e.Origin != want || !slices.Equal(e.Path, []string{"a", "b", "c"}) || e.Stack != "" {
				t.Errorf("%s: from %q by way of %q, stack %q", name, e.Origin, e.Path, e.Stack)
			}
			if want := "asking b: asking a: " + c.err.Error(); e.Text != want || err.Error() != want+" (from a, via b, via c)" {
				t.Errorf("%s: %q", name, err)
			}
			for _, target := range c.is {
				if !errors.Is(err, target) {
					t.Errorf("%s: it is not %v", name, target)
				}
			}
			for _, target := range c.isNot {
				if errors.Is(err, target) {
					t.Errorf("%s: it is %v, too", name, target)
				}
			}
			if c.as != nil && !c.as(err) || asType[*fs.PathError](err) {
				t.Errorf("%s: what errors.As finds in %v", name, err)
			}
		}
	})
}

// parity: A65
func TestErrorThatCrossedIsDecodedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		r := newRelays(t, network, nil)
		err := r.ask(r.fails(t, "c", func() error { return &sample.TooMuch{Asked: 77} }))
		first, _ := errors.AsType[*sample.TooMuch](err)
		again, _ := errors.AsType[*sample.TooMuch](fmt.Errorf("seen elsewhere: %w", err))
		if first == nil || first.Asked != 77 || first != again {
			t.Errorf("%p %+v and %p", first, first, again)
		}
	})
}

// parity: A63
func TestStackNamesItsProc(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		r := newRelays(t, network, nil)
		err := r.ask(r.fails(t, "c", func() error { panic(&sample.TooMuch{Asked: 77}) }))
		e, ok := errors.AsType[*actor.Error](err)
		if !ok || e.Code != actor.CodePanic || e.StackProc != "a" || !strings.Contains(e.Stack, "TestStackNamesItsProc") || !asType[*sample.TooMuch](err) {
			t.Errorf("got %+v", err)
		}
		text := actor.Describe(fmt.Errorf("asking: %w", err))
		for _, want := range []string{"asking: asking b: asking a: sample.Counter.Deposit: panic: too much\n  code:   panic\n  type:   *sample.TooMuch\n",
			"  origin: sample.Counter c in proc a\n  via:    a -> b -> c\n  ┌─ stack in proc a\n  │ goroutine "} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
		if strings.Count(text, "┌─") != 1 || strings.Count(text, "[running]") != 1 {
			t.Errorf("more than one stack:\n%s", text)
		}

		// What panics because of an error from another proc is where the stack is from.
		r = newRelays(t, network, func(err error) error { panic(err) })
		err = r.ask(r.fails(t, "c", func() error { return &sample.TooMuch{Asked: 77} }))
		if e, ok := errors.AsType[*actor.Error](err); !ok || e.StackProc != "b" || e.Origin != "sample.Counter c in proc a" || len(e.Path) != 3 || !asType[*sample.TooMuch](err) {
			t.Errorf("got %+v", err)
		}
	})
}

// An error that no actor answers with is its proc's, also when others pass it on.
func TestErrorOfNoActorNamesItsProc(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		r := newRelays(t, network, nil)
		err := r.ask(at(t, r.procs[3], r.procs[0].Address()+"/nobody"))
		if e, ok := errors.AsType[*actor.Error](err); !ok || !errors.Is(err, actor.ErrNotFound) || e.Origin != "proc a" || len(e.Path) != 3 {
			t.Errorf("got %+v", err)
		}
	})
}

// A small frame costs an error its stack and values, not its caller the answer.
func TestErrorTooLargeForTheFrameComesInShort(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network, remote.MaxFrame(4<<10)))
		client, _ := newProc(t, "client", remote.Enable())
		var deep func(n int)
		deep = func(n int) {
			if n == 0 {
				panic(strings.Repeat("out of coins. ", 1000))
			}
			deep(n - 1)
		}
		spawn(t, server, "c", script{onDeposit: func(context.Context, int64, string) (int64, error) { deep(200); return 0, nil }})
		_, err := at(t, client, server.Address()+"/c").Deposit(soon(t), 1, "")
		e, ok := errors.AsType[*actor.Error](err)
		if !ok || e.Code != actor.CodePanic || e.Stack != "" || !strings.Contains(e.Text, "out of coins") || !slices.Equal(e.Path, []string{"server"}) {
			t.Errorf("got %v", err)
		}
	})
}

// parity: A66
// The end of one's own link wraps what ended it, and came through nobody. Told by another proc, it is the end of that one's.
func TestEndOfALinkIsToldFromErrorsOfActors(t *testing.T) {
	t.Parallel()
	first, _ := newProc(t, "first", listen(t, "tcp"))
	second, _ := newProc(t, "second", listen(t, "tcp"))
	client, _ := newProc(t, "client", remote.Enable())
	begun := make(chan struct{}, 2)
	spawn(t, first, "c", script{onDeposit: func(ctx context.Context, _ int64, _ string) (int64, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return 0, nil
	}})
	link, address := newRelay(t, first.Address())
	far := at(t, second, address+"/c")
	spawn(t, second, "b", script{onMeet: func(ctx *actor.Context, _ sample.CounterRef) error {
		_, err := far.Deposit(ctx, 1, "")
		return err
	}})
	ask := func(f func() error) error {
		got := make(chan error, 1)
		go func() { got <- f() }()
		<-begun
		link.cut()
		return <-got
	}
	own := ask(func() error { _, err := at(t, client, address+"/c").Deposit(soon(t), 1, ""); return err })
	e, ok := errors.AsType[*actor.Error](own)
	if !ok || !errors.Is(own, actor.ErrUnreachable) || e.Origin != "" || len(e.Path) != 0 || errors.Unwrap(e) == nil {
		t.Errorf("its own link: %+v", own)
	}
	told := ask(func() error { return at(t, client, second.Address()+"/b").Meet(soon(t), far) })
	e, ok = errors.AsType[*actor.Error](told)
	if !ok || !errors.Is(told, actor.ErrUnreachable) || e.Origin != "sample.Counter b in proc second" || !slices.Equal(e.Path, []string{"second"}) {
		t.Errorf("another's link: %+v", told)
	}
	second.Close()
	_, err := at(t, client, second.Address()+"/b").Deposit(soon(t), 1, "")
	if !errors.Is(err, actor.ErrUnreachable) || !asType[*net.OpError](err) {
		t.Errorf("nobody listens: %+v", err)
	}
}

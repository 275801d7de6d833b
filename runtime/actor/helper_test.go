package actor_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// patience bounds every wait of a test for something that has to happen.
const patience = 5 * time.Second

// quiet is for procs whose actors fail by the hundred.
var quiet = actor.WithLogger(slog.New(slog.DiscardHandler))

// newProc returns a proc that is shut down when the test ends. Then no goroutine of the runtime may be left, and its accounts have to
// be in balance.
func newProc(t testing.TB, opts ...actor.ProcOption) *actor.Proc {
	t.Helper()
	if _, again := leakChecked.LoadOrStore(t, true); !again {
		t.Cleanup(func() { // runs after the shutdowns, which are registered later
			leakChecked.Delete(t)
			noGoroutineLeft(t)
		})
	}
	var p *actor.Proc
	t.Cleanup(func() { balanced(t, p) })
	p = actortest.NewProc(t, append(intercepted(), opts...)...)
	return p
}

// balanced waits until the accounts of a proc that has been shut down show nothing, as they must when its goroutines have ended.
func balanced(t testing.TB, p *actor.Proc) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	late := time.After(patience)
	for len(p.Accounts()) > 0 {
		select {
		case <-look.C:
		case <-late:
			t.Errorf("the accounts of the proc after its shutdown: %v", p.Accounts())
			return
		}
	}
}

// leakChecked has the tests whose first proc was made: the check runs once, after the last shutdown.
var leakChecked sync.Map

// noGoroutineLeft fails the test if goroutines of the runtime do not end. The tests of this package that use it are not
// parallel, so that what is left is theirs.
func noGoroutineLeft(t testing.TB) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	late := time.After(patience)
	for {
		left := runtimeGoroutines()
		if len(left) == 0 {
			return
		}
		select {
		case <-look.C:
		case <-late:
			t.Errorf("%d goroutines are left:\n\n%s", len(left), strings.Join(left, "\n\n"))
			return
		}
	}
}

// runtimeGoroutines returns the stacks of the goroutines that run code of the runtime or were started by it, the present
// one left out.
func runtimeGoroutines() []string {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	var left []string
	for i, stack := range bytes.Split(buf[:n], []byte("\n\n")) {
		if i > 0 && bytes.Contains(stack, []byte("actorgen/runtime/actor.")) {
			left = append(left, string(stack))
		}
	}
	return left
}

// soon returns a context that bounds what a test waits for.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// ok fails the test if err is not nil.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode fails the test if err has not the code.
func wantCode(t testing.TB, err error, code actor.Code) {
	t.Helper()
	if actor.CodeOf(err) != code {
		t.Fatalf("got error %v (code %v), want code %v", err, actor.CodeOf(err), code)
	}
}

// wantText fails the test if err's text has not all the parts.
func wantText(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error %q does not say %q", err, part)
		}
	}
}

// receive returns the next value of ch, in bounded time.
func receive[T any](t testing.TB, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("waiting for %s: nothing came", what)
		panic("not reached")
	}
}

// closed waits until ch is closed.
func closed(t testing.TB, ch <-chan struct{}, what string) {
	t.Helper()
	receive(t, ch, what)
}

// until waits until something is true that comes about by itself.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	look := time.NewTicker(100 * time.Microsecond)
	defer look.Stop()
	late := time.After(patience)
	for !is() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("waiting until %s: it does not come about", what)
		}
	}
}

// await waits for wg.
func await(t testing.TB, wg *sync.WaitGroup, what string) {
	t.Helper()
	over := make(chan struct{})
	go func() { wg.Wait(); close(over) }()
	select {
	case <-over:
	case <-time.After(patience):
		buf := make([]byte, 1<<20)
		t.Fatalf("waiting for %s: they hang\n%s", what, buf[:runtime.Stack(buf, true)])
	}
}

// spawnCounter spawns an anonymous Counter.
func spawnCounter(t testing.TB, parent actor.Spawner, opts ...actor.SpawnOption) sample.CounterHandle {
	t.Helper()
	h, err := sample.SpawnCounter(parent, "", func() *sample.Counter { return &sample.Counter{} }, opts...)
	ok(t, err)
	return h
}

// spawnGate spawns an anonymous Gate without hooks.
func spawnGate(t testing.TB, parent actor.Spawner, opts ...actor.SpawnOption) sample.GateHandle {
	t.Helper()
	return spawnGateAs(t, parent, sample.Gate{}, opts...)
}

// spawnGateAs spawns an anonymous Gate with the hooks of state; each incarnation is a copy of it.
func spawnGateAs(t testing.TB, parent actor.Spawner, state sample.Gate, opts ...actor.SpawnOption) sample.GateHandle {
	t.Helper()
	h, err := sample.SpawnGate(parent, "", func() *sample.Gate { g := state; return &g }, opts...)
	ok(t, err)
	return h
}

// hold has a handler of g block, and returns once it does. release lets it return; the test's end does so too.
func hold(t testing.TB, g sample.GateHandle) (release func()) {
	t.Helper()
	running, gate := make(chan struct{}), make(chan struct{})
	release = sync.OnceFunc(func() { close(gate) })
	t.Cleanup(release)
	ok(t, g.Post(soon(t), func(*actor.Context) error {
		close(running)
		<-gate
		return nil
	}))
	closed(t, running, "the handler to run")
	return release
}

// flush returns once g has handled what was sent before.
func flush(t testing.TB, g sample.GateHandle) {
	t.Helper()
	ok(t, g.Do(soon(t), func(*actor.Context) error { return nil }))
}

// begin runs call on a goroutine of its own and returns where its error comes.
func begin(call func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	return done
}

// queue starts n calls of g that run f, and returns once all are in its mailbox, which a handler has to hold up.
// Their errors come on the channel.
func queue(t testing.TB, ctx context.Context, g sample.GateHandle, n int, f func(*actor.Context) error) <-chan error {
	t.Helper()
	done := make(chan error, n)
	for range n {
		inside := make(chan struct{})
		go func() { done <- g.Do(&enteringContext{Context: ctx, inside: inside}, f) }()
		closed(t, inside, "a call to wait for its answer")
	}
	return done
}

// enteringContext tells when somebody asks for Done: for a call that is when it has been queued.
type enteringContext struct {
	context.Context
	once   sync.Once
	inside chan struct{}
}

func (c *enteringContext) Done() <-chan struct{} {
	c.once.Do(func() { close(c.inside) })
	return c.Context.Done()
}

var errBoom = errors.New("boom")

// context2s returns a context of two seconds, of a bubble's clock above all.
func context2s(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 2*time.Second)
}

package remote_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// A script is a counter whose handlers do what a test says.
type script struct {
	sample.Counter
	onAdd     func(ctx *actor.Context, n int64)
	onNote    func(ctx *actor.Context, text string)
	onLoad    func(ctx *actor.Context, big sample.Big)
	onDeposit func(ctx context.Context, amount int64, note string) (int64, error)
	onMeet    func(ctx *actor.Context, other sample.CounterRef) error
}

func (s *script) Add(ctx *actor.Context, n int64) {
	if s.onAdd != nil {
		s.onAdd(ctx, n)
		return
	}
	s.Counter.Add(ctx, n)
}

func (s *script) Note(ctx *actor.Context, text string) {
	if s.onNote != nil {
		s.onNote(ctx, text)
		return
	}
	s.Counter.Note(ctx, text)
}

func (s *script) Load(ctx *actor.Context, big sample.Big) {
	if s.onLoad != nil {
		s.onLoad(ctx, big)
		return
	}
	s.Counter.Load(ctx, big)
}

func (s *script) Deposit(ctx context.Context, amount int64, note string) (int64, error) {
	if s.onDeposit != nil {
		return s.onDeposit(ctx, amount, note)
	}
	return s.Counter.Deposit(ctx, amount, note)
}

func (s *script) Meet(ctx *actor.Context, other sample.CounterRef) error {
	if s.onMeet != nil {
		return s.onMeet(ctx, other)
	}
	return s.Counter.Meet(ctx, other)
}

// spawn starts a scripted counter.
func spawn(t testing.TB, p *actor.Proc, name string, s script, opts ...actor.SpawnOption) sample.CounterHandle {
	t.Helper()
	h, err := sample.SpawnCounterAs(p, name, func() sample.CounterBehavior { own := s; return &own }, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A journal is a slog.Handler that keeps the lines of one proc.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Enabled(context.Context, slog.Level) bool { return true }
func (j *journal) WithAttrs([]slog.Attr) slog.Handler       { return j }
func (j *journal) WithGroup(string) slog.Handler            { return j }

func (j *journal) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.Key + "=" + a.Value.String()
		return true
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	return nil
}

// with returns the lines that hold all the parts.
func (j *journal) with(parts ...string) (found []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
next:
	for _, line := range j.lines {
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue next
			}
		}
		found = append(found, line)
	}
	return found
}

// newProc starts a proc that is shut down with the test.
func newProc(t testing.TB, name string, opts ...actor.ProcOption) (*actor.Proc, *journal) {
	t.Helper()
	j := new(journal)
	p, err := actor.NewProc(name, append([]actor.ProcOption{actor.WithLogger(slog.New(j))}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := p.Shutdown(ctx); err != nil {
			t.Errorf("shutting down proc %s: %v", name, err)
		}
	})
	return p, j
}

// leaked returns the stacks of the goroutines of links that are left when all tests are over.
func leaked() (left []string) {
	deadline := time.Now().Add(10 * time.Second)
	for {
		all := make([]byte, 1<<20)
		all = all[:runtime.Stack(all, true)]
		left = nil
		for _, g := range strings.Split(string(all), "\n\n") {
			if strings.Contains(g, "runtime/remote.(*") {
				left = append(left, g)
			}
		}
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
		runtime.Gosched()
	}
}

// listen is an option to listen on the network, at a free place.
func listen(t testing.TB, network string, opts ...remote.Option) actor.ProcOption {
	return remote.Listen(network+"://"+where(t, network), opts...)
}

func at(t testing.TB, p *actor.Proc, address string) sample.CounterRef {
	t.Helper()
	ref, err := sample.CounterAt(p, address)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// soon is a context for what ought to end by itself.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// onBoth runs a test over tcp and over unix sockets.
func onBoth(t *testing.T, f func(t *testing.T, network string)) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			f(t, network)
		})
	}
}

// eventually waits for what is about to become true.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatal("this never came: " + what)
		}
		runtime.Gosched()
	}
}

// where returns a place to listen at on a network: a path, or a host with port 0.
func where(tb testing.TB, network string) string {
	if network == "unix" {
		dir, err := os.MkdirTemp("", "actorgen") // TempDir is too long for a socket's path
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { os.RemoveAll(dir) })
		return filepath.Join(dir, "s")
	}
	return "127.0.0.1:0"
}

// A relay passes bytes on between a link's ends, until it is told to hold them back or to cut.
type relay struct {
	ln     net.Listener
	target string

	mu    sync.Mutex
	held  chan struct{} // closed when nothing is held back
	conns []net.Conn
}

// newRelay relays to the tcp address of a proc. It returns the address of the proc by way of the relay.
func newRelay(t testing.TB, address string) (*relay, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hostport, proc, _ := strings.Cut(strings.TrimPrefix(address, "tcp://"), "/")
	r := &relay{ln: ln, target: hostport, held: make(chan struct{})}
	close(r.held)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", r.target)
			if err != nil {
				conn.Close()
				continue
			}
			r.mu.Lock()
			r.conns = append(r.conns, conn, to)
			r.mu.Unlock()
			wg.Go(func() { r.pass(conn, to) })
			wg.Go(func() { r.pass(to, conn) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		r.release()
		r.cut()
		wg.Wait()
	})
	return r, "tcp://" + ln.Addr().String() + "/" + proc
}

func (r *relay) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		r.mu.Lock()
		held := r.held
		r.mu.Unlock()
		<-held
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// hold keeps back what comes from now on.
func (r *relay) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = make(chan struct{})
}

func (r *relay) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.held:
	default:
		close(r.held)
	}
}

// cut closes the connections.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

package remote

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// The tests of this file speak the protocol byte by byte with a proc.

// A logbook keeps what a proc logs.
type logbook struct {
	mu    sync.Mutex
	more  chan struct{} // closed and replaced at every line
	lines strings.Builder
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.more)
	l.more = make(chan struct{})
	return l.lines.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// until waits for a text in the log, n times.
func (l *logbook) until(t testing.TB, text string, n int) {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		l.mu.Lock()
		more, found := l.more, strings.Count(l.lines.String(), text)
		l.mu.Unlock()
		if found >= n {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("%q is in the log %d times, not %d:\n%s", text, found, n, l)
		}
	}
}

// victim starts a proc with a counter called c.
func victim(t testing.TB, opts ...Option) (*actor.Proc, *logbook) {
	t.Helper()
	return victimWith(t, func() sample.CounterBehavior { return new(sample.Counter) }, opts...)
}

func victimWith(t testing.TB, build func() sample.CounterBehavior, opts ...Option) (*actor.Proc, *logbook) {
	t.Helper()
	log := &logbook{more: make(chan struct{})}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p, err := actor.NewProc("victim", actor.WithLogger(logger), Listen("tcp://127.0.0.1:0", opts...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if _, err := sample.SpawnCounterAs(p, "c", build); err != nil {
		t.Fatal(err)
	}
	return p, log
}

// works checks that the proc still serves others.
func works(t testing.TB, p *actor.Proc) {
	t.Helper()
	client, err := actor.NewProc("client", actor.WithLogger(slog.New(slog.DiscardHandler)), Enable())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ref, err := sample.CounterAt(client, p.Address()+"/c")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := ref.Total(ctx); err != nil {
		t.Errorf("the proc does not work any more: %v", err)
	}
}

// knock connects to a proc.
func knock(t testing.TB, p *actor.Proc) net.Conn {
	t.Helper()
	e, err := parseAddress(p.Address())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial(e.network, e.where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// shake does the dialer's part of a handshake, as a proc whose id is the smallest there is, or the largest.
func shake(t testing.TB, conn net.Conn, h hello, smallest bool) *hello {
	t.Helper()
	for i := range h.id {
		if h.id[i] = 0xff; smallest {
			h.id[i] = 0
		}
	}
	if smallest {
		h.id[15] = 1
	}
	if _, err := conn.Write(appendHello(nil, &h)); err != nil {
		t.Fatal(err)
	}
	other, err := readHello(conn)
	if err != nil {
		t.Fatal(err)
	}
	if smallest {
		conn.Write([]byte{wordUse})
		return other
	}
	conn.Write([]byte{wordAsk})
	if word, err := readWord(conn); err != nil || word != wordUse {
		t.Fatalf("%q, %v", word, err)
	}
	return other
}

// expectClosed reads until the other side closes.
func expectClosed(t testing.TB, conn net.Conn) {
	t.Helper()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
}

func TestStrangersAreTurnedAway(t *testing.T) {
	p, log := victim(t, HandshakeTimeout(500*time.Millisecond))
	own := someHello(9)
	wrongVersion := appendHello(nil, &own)
	wrongVersion[len(magic)] = 9
	self := own
	self.id = p.ID()
	for i, c := range []struct {
		name string
		b    []byte
		log  string
	}{
		{"another protocol", []byte("GET / HTTP/1.1\r\n\r\n"), "does not speak the protocol"},
		{"another version", wrongVersion, "version 9"},
		{"nothing at all", nil, "i/o timeout"},
		{"half a hello", appendHello(nil, &own)[:30], "i/o timeout"},
		{"itself", appendHello(nil, &self), "this proc itself"},
		{"a decision that is not theirs", append(appendHello(nil, &own), 'x'), "not the other side's to make"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := knock(t, p)
			conn.Write(c.b)
			expectClosed(t, conn)
			log.until(t, "level=WARN", i+1)
			if !strings.Contains(log.String(), c.log) {
				t.Errorf("nothing about %q in the log:\n%s", c.log, log)
			}
		})
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 6 {
		t.Errorf("%d warnings:\n%s", n, log)
	}
	works(t, p)
}

func TestWhoeverIsOfAnotherVersionLearnsOurs(t *testing.T) {
	p, _ := victim(t)
	conn := knock(t, p)
	own := someHello(9)
	b := appendHello(nil, &own)
	b[len(magic)] = 9
	conn.Write(b)
	other, err := readHello(conn)
	if err != nil || other.name != "victim" {
		t.Errorf("%+v, %v", other, err)
	}
}

func TestDialerSaysWhatIsWrong(t *testing.T) {
	p, err := actor.NewProc("client", actor.WithLogger(slog.New(slog.DiscardHandler)), Enable(HandshakeTimeout(300*time.Millisecond)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	own := someHello(9)
	wrongVersion := appendHello(nil, &own)
	wrongVersion[len(magic)] = 9
	for _, c := range []struct {
		name   string
		answer []byte
		close  bool
		want   string
	}{
		{"another protocol", []byte("SSH-2.0-OpenSSH_9.6\r\n"), true, "does not speak the protocol of actorgen"},
		{"another version", wrongVersion, true, "version 9"},
		{"another proc", appendHello(nil, &own), true, `proc "bank" answers there, not "wanted"`},
		{"closed", nil, true, "closed the connection in the handshake"},
		{"silence", nil, false, "timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			hold := make(chan struct{})
			defer close(hold)
			go func() {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				readHello(conn)
				conn.Write(c.answer)
				if !c.close {
					<-hold
				}
			}()
			ref, err := sample.CounterAt(p, "tcp://"+ln.Addr().String()+"/wanted/c")
			if err != nil {
				t.Fatal(err)
			}
			_, err = ref.Total(t.Context())
			if !errors.Is(err, actor.ErrUnreachable) || !strings.Contains(err.Error(), c.want) {
				t.Error(err)
			}
		})
	}
}

func TestCallersLeaveASharedDialWhenTheirContextEnds(t *testing.T) {
	p, err := actor.NewProc("client", actor.WithLogger(slog.New(slog.DiscardHandler)), Enable(HandshakeTimeout(20*time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0") // whoever listens there never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	ref, err := sample.CounterAt(p, "tcp://"+ln.Addr().String()+"/p/c")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg, hurried sync.WaitGroup
	for range 5 {
		hurried.Go(func() {
			short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			if _, err := ref.Total(short); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	for range 5 {
		wg.Go(func() {
			if _, err := ref.Total(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	first := <-accepted
	defer first.Close()
	hurried.Wait()
	cancel()
	wg.Wait()
	ln.Close()
	for conn := range accepted {
		conn.Close()
		t.Error("it was dialed more than once")
	}
}

// parity: A4, A14, A39, A45, B65, BT49
func TestMismatchesAreAnsweredByName(t *testing.T) {
	p, log := victim(t)
	id, schema := depositIDs(t)
	closed := 0
	args := []byte{0x92, 7, 0xa1, 'x'}
	for name, c := range map[string]struct {
		env  actor.Envelope
		args []byte
		kind actor.MessageKind
		want []string
	}{
		"all right":       {actor.Envelope{Handler: id, Schema: schema}, args, actor.MessageAnswer, nil},
		"another schema":  {actor.Envelope{Handler: id, Schema: 1}, args, actor.MessageError, []string{"Counter.Deposit(amount int64, note string)", "schema"}},
		"unknown handler": {actor.Envelope{Handler: 12345}, args, actor.MessageError, []string{"no such handler"}},
		"wrong type":      {actor.Envelope{Handler: id, Schema: schema}, []byte{0x92, 0xa1, 'x', 7}, actor.MessageError, []string{"wanted int, got str", `["x", 7]`}},
		"no arguments":    {actor.Envelope{Handler: id, Schema: schema}, nil, actor.MessageError, []string{"cut short"}},
	} {
		t.Run(name, func(t *testing.T) {
			conn := knock(t, p)
			shake(t, conn, someHello(9), name != "wrong type")
			kind, text := call(t, conn, c.env, c.args)
			if kind != c.kind {
				t.Errorf("kind %d: %q", kind, text)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q does not say %q", text, want)
				}
			}
			// The link goes on.
			if kind, text := call(t, conn, actor.Envelope{Handler: id}, args); name != "another schema" && kind != actor.MessageAnswer {
				t.Errorf("afterwards, kind %d: %q", kind, text)
			}
			conn.Close()
		})
		closed++ // and the next one may come under the same id
		log.until(t, "link lost", closed)
	}
}

func TestSecondLinkOfAWorkingPeerIsRefused(t *testing.T) {
	p, log := victim(t)
	first := knock(t, p)
	shake(t, first, someHello(9), true)
	log.until(t, "linked", 1)
	go func() { // it is alive: it answers
		for {
			if _, err := first.Read(make([]byte, 1000)); err != nil {
				return
			}
			first.Write(make([]byte, batchHeader))
		}
	}()
	second := knock(t, p)
	shake(t, second, someHello(9), true) // it claims to be the same, and the arbiter
	expectClosed(t, second)
	log.until(t, "second link", 1)
	works(t, p)
	if strings.Contains(log.String(), `"link lost" proc=victim peer=bank`) {
		t.Errorf("the first link was lost:\n%s", log)
	}
}

func TestDeadLinkGivesWayToANewOne(t *testing.T) {
	p, log := victim(t)
	first := knock(t, p)
	shake(t, first, someHello(9), true) // it says nothing any more, as after a cut cable
	log.until(t, "linked", 1)
	second := knock(t, p)
	shake(t, second, someHello(9), true)
	id, _ := depositIDs(t)
	if kind, text := call(t, second, actor.Envelope{Handler: id}, []byte{0x92, 7, 0xa1, 'x'}); kind != actor.MessageAnswer {
		t.Errorf("kind %d: %q", kind, text)
	}
	log.until(t, "nothing was heard", 1)
}

func TestDuplicateIsToldSo(t *testing.T) {
	p, _ := victim(t)
	first := knock(t, p)
	shake(t, first, someHello(9), false)
	second := knock(t, p)
	h := someHello(9)
	for i := range h.id {
		h.id[i] = 0xff
	}
	second.Write(appendHello(nil, &h))
	if _, err := readHello(second); err != nil {
		t.Fatal(err)
	}
	second.Write([]byte{wordAsk})
	if word, err := readWord(second); err != nil || word != wordDup {
		t.Errorf("%q, %v", word, err)
	}
	expectClosed(t, second)
}

func TestManyStrangersLeaveRoomForOthers(t *testing.T) {
	p, _ := victim(t, HandshakeTimeout(500*time.Millisecond))
	for range maxGreeting + 20 {
		knock(t, p)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn := knock(t, p)
		h := someHello(9)
		conn.Write(appendHello(nil, &h))
		if _, err := readHello(conn); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("there is never room again")
		}
	}
}

func TestAddressesAreCheckedFirst(t *testing.T) {
	p, _ := victim(t)
	for address, want := range map[string]string{
		"tls://127.0.0.1:1/p/a":      "tls comes in a later version",
		"tcp://10.1.2.3:7000/p/a":    "plain tcp is for this machine",
		"tcp://example.com:7000/p/a": "plain tcp is for this machine",
		"http://127.0.0.1:1/p/a":     "http",
	} {
		if _, err := sample.CounterAt(p, address); actor.CodeOf(err) != actor.CodeAddress || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"tcp://localhost:7000/p/a", "tcp://[::1]:7000/p/a", "unix:///run/x.sock#p/a", "tcp://127.8.8.8:7000/p/a"} {
		if _, err := sample.CounterAt(p, address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestListenRefusesWhatCannotWork(t *testing.T) {
	dir, err := os.MkdirTemp("", "actorgen")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	served := filepath.Join(dir, "served")
	ln, err := net.Listen("unix", served)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for url, want := range map[string]string{
		"tcp://0.0.0.0:0":                       "InsecurePlaintext",
		"tcp://:0":                              "InsecurePlaintext",
		"tls://127.0.0.1:0":                     "later version",
		"tcp://127.0.0.1":                       "no port",
		"udp://127.0.0.1:1":                     "neither tcp nor unix",
		"unix://tmp/x.sock":                     "three slashes",
		"unix:///" + strings.Repeat("x", 150):   "103 bytes",
		"unix://" + file:                        "no socket",
		"unix://" + served:                      "another process listens there",
		"unix://" + dir + "/none/x":             "no such file",
		"tcp://" + taken.Addr().String():        "in use",
		"tcp://127.0.0.1:0/other":               `names proc "other"`,
		"tcp://127.0.0.1:0?x=y":                 "more than",
		"":                                      "no scheme",
		"tcp://" + strings.Repeat("x", 2000):    "longer than",
		"tcp://%zz":                             "not a URL",
		"unix:///tmp/a%2fb?c":                   "must do without",
		"unix://" + dir + "/ok#other":           `names proc "other"`,
		"tcp://definitely.not.loopback.test:10": "InsecurePlaintext",
	} {
		p, err := actor.NewProc("p", actor.WithLogger(slog.New(slog.DiscardHandler)), Listen("tcp://127.0.0.1:0"), Listen(url))
		if err == nil {
			p.Close()
			t.Errorf("%s: it listens", url)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "precious" {
		t.Error("the file in the way was touched")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for want, o := range map[string]Option{
		"MaxFrame(1)":            MaxFrame(1),
		"MaxFrame(1073741824)":   MaxFrame(1 << 30),
		"Buffer(5)":              Buffer(5),
		"KeepAlive(1ns)":         KeepAlive(1),
		"KeepAlive(24h0m0s)":     KeepAlive(24 * time.Hour),
		"HandshakeTimeout(0s)":   HandshakeTimeout(0),
		`Advertise("")`:          Advertise(""),
		`Advertise("http://x/")`: Advertise("http://x/"),
	} {
		if _, err := actor.NewProc("p", Enable(o)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSocketFileComesAndGoes(t *testing.T) {
	dir, err := os.MkdirTemp("", "actorgen")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	// One that a crashed proc has left behind.
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	stale.Close()
	p, err := actor.NewProc("p", Listen("unix://"+path))
	if err != nil {
		t.Fatal(err)
	}
	if want := "unix://" + path + "#p"; p.Address() != want {
		t.Errorf("address %s, want %s", p.Address(), want)
	}
	p.Close()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	// One that somebody else has put in the place of its own is left alone.
	p, err = actor.NewProc("p", Listen("unix://"+path))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	other, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	p.Close()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestAllAddressesOfTheMachineNeedAName(t *testing.T) {
	if _, err := actor.NewProc("p", Listen("tcp://0.0.0.0:0", InsecurePlaintext())); err == nil || !strings.Contains(err.Error(), "Advertise") {
		t.Error(err)
	}
	p, err := actor.NewProc("p", Listen("tcp://0.0.0.0:0", InsecurePlaintext(), Advertise("127.0.0.1")))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if e, err := parseAddress(p.Address()); err != nil || !strings.HasPrefix(e.where, "127.0.0.1:") || strings.HasSuffix(e.where, ":0") {
		t.Errorf("address %s, %v", p.Address(), err)
	}
	q, err := actor.NewProc("p", Listen("tcp://127.0.0.1:0", Advertise("bank.test:7000")))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if q.Address() != "tcp://bank.test:7000/p" {
		t.Errorf("address %s", q.Address())
	}
}

func TestTwoListenersShareTheLinks(t *testing.T) {
	dir, err := os.MkdirTemp("", "actorgen")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	p, err := actor.NewProc("p", Listen("unix://"+filepath.Join(dir, "s")), Listen("tcp://127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := sample.SpawnCounter(p, "c", func() *sample.Counter { return new(sample.Counter) }); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(p.Address(), "unix:") {
		t.Errorf("address %s is not the first", p.Address())
	}
}

package remote

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// An ear is the receiver of a link under test.
type ear struct {
	got    chan heard // if receive is nil
	lost   chan error
	unsent []actor.Envelope // to be read after lost
	// receive is called for each message.
	receive func(env *actor.Envelope, payload []byte) error
}

type heard struct {
	env     actor.Envelope
	payload string
}

func newEar() *ear { return &ear{got: make(chan heard, 1000), lost: make(chan error, 1)} }

func (e *ear) Receive(env *actor.Envelope, payload []byte) error {
	if e.receive != nil {
		return e.receive(env, payload)
	}
	own := *env
	own.ToName = strings.Clone(env.ToName)
	e.got <- heard{own, string(payload)}
	return nil
}

func (e *ear) Lost(err error) { e.lost <- err }

// ends makes two connected ends, by the kind of the network.
func ends(t testing.TB, network string) (a, b net.Conn) {
	t.Helper()
	if network == "pipe" {
		a, b = net.Pipe()
		return a, b
	}
	where := "127.0.0.1:0"
	if network == "unix" {
		where = filepath.Join(t.TempDir(), "s")
	}
	ln, err := net.Listen(network, where)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if a, err = net.Dial(network, ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	return a, b
}

var networks = []string{"tcp", "unix", "pipe"}

// testLink starts a link over conn, and ends it with the test.
func testLink(t testing.TB, conn net.Conn, e *ear, opts ...Option) *link {
	t.Helper()
	c := defaults()
	for _, o := range opts {
		o(c)
	}
	own := someHello(1)
	own.maxFrame, own.keepAlive = c.maxFrame, c.keepAlive
	l := newLink(conn, own, own, c)
	l.sink = e
	l.unsent = func(env *actor.Envelope, _ error) { e.unsent = append(e.unsent, *env) }
	l.start(func(*link) {})
	t.Cleanup(func() {
		l.fail(errStopping)
		<-l.done
	})
	return l
}

// linked makes two links with each other.
func linked(t testing.TB, network string, opts ...Option) (a, b *link, atA, atB *ear) {
	t.Helper()
	ca, cb := ends(t, network)
	atA, atB = newEar(), newEar()
	return testLink(t, ca, atA, opts...), testLink(t, cb, atB, opts...), atA, atB
}

// send sends one message.
func send(l *link, env actor.Envelope, payload string) error {
	b, err := l.Begin(context.Background(), &env)
	if err != nil {
		return err
	}
	return l.Commit(append(b, payload...))
}

func cast(to uint64) actor.Envelope {
	return actor.Envelope{Kind: actor.MessageCast, To: to, Handler: 1}
}

// over waits for the end of a link.
func over(t testing.TB, e *ear) error {
	t.Helper()
	select {
	case err := <-e.lost:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the link is still there")
		return nil
	}
}

// parity: BT46, BT47
func TestMessagesArriveWholeAndInOrder(t *testing.T) {
	for _, network := range networks {
		t.Run(network, func(t *testing.T) {
			a, b, atA, atB := linked(t, network)
			for i, env := range envelopes() {
				for _, c := range []struct {
					from *link
					to   *ear
				}{{a, atB}, {b, atA}} {
					payload := strings.Repeat("p", i*1000)
					if err := send(c.from, env, payload); err != nil {
						t.Fatal(err)
					}
					got := <-c.to.got
					env := env
					if env.Kind == actor.MessageCast || env.Kind == actor.MessageCall {
						got.env.Schema = env.Schema // of which there is a test of its own
					}
					if !reflect.DeepEqual(got.env, env) || got.payload != payload {
						t.Errorf("got %+v and %d bytes\nwant %+v", got.env, len(got.payload), env)
					}
				}
			}
		})
	}
}

// parity: BT44
func TestManySendersKeepTheirOwnOrder(t *testing.T) {
	for _, network := range networks {
		t.Run(network, func(t *testing.T) {
			const senders, each = 8, 5000
			var next [senders]uint64
			ca, cb := ends(t, network)
			atB := newEar()
			all := make(chan struct{})
			n := 0
			atB.receive = func(env *actor.Envelope, payload []byte) error {
				s := env.From - 1
				if binary.LittleEndian.Uint64(payload) != next[s] {
					return fmt.Errorf("sender %d: message %d instead of %d", s, binary.LittleEndian.Uint64(payload), next[s])
				}
				next[s]++
				if n++; n == senders*each {
					close(all)
				}
				return nil
			}
			a := testLink(t, ca, newEar(), Buffer(minBuffer))
			testLink(t, cb, atB)
			kinds := []actor.MessageKind{actor.MessageCast, actor.MessageCall}
			for s := range senders {
				go func() {
					for i := range uint64(each) {
						env := actor.Envelope{Kind: kinds[(s+int(i))%2], Call: 1, To: 1, From: uint64(s) + 1, Handler: 7}
						b, err := a.Begin(context.Background(), &env)
						if err != nil {
							t.Error(err)
							return
						}
						a.Commit(append(binary.LittleEndian.AppendUint64(b, i), make([]byte, i%300)...))
					}
				}()
			}
			select {
			case <-all:
			case err := <-atB.lost:
				t.Fatal(err)
			}
		})
	}
}

func TestTooLargeMessageIsTakenBack(t *testing.T) {
	a, b, _, atB := linked(t, "tcp", MaxFrame(10_000))
	for range 3 {
		if err := send(a, cast(1), "before"); err != nil {
			t.Fatal(err)
		}
		err := send(a, cast(2), strings.Repeat("x", 10_000))
		if actor.CodeOf(err) != actor.CodeTooLarge || !strings.Contains(err.Error(), "MaxFrame") {
			t.Fatal(err)
		}
		if err := send(a, cast(2), strings.Repeat("x", 50<<20)); actor.CodeOf(err) != actor.CodeTooLarge {
			t.Fatal(err)
		}
		if err := send(a, cast(3), strings.Repeat("x", 9_900)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []uint64{1, 3} {
			if got := <-atB.got; got.env.To != want {
				t.Fatalf("got message %d, want %d", got.env.To, want)
			}
		}
	}
	a.mu.Lock()
	if cap(a.buf) > 1<<20 {
		t.Errorf("a buffer of %d bytes is kept after a message that was too large", cap(a.buf))
	}
	a.mu.Unlock()
	if !b.live.Load() {
		t.Error("the link is lost")
	}
}

func TestEnvelopeOverTheLimitsIsRefused(t *testing.T) {
	a, _, _, atB := linked(t, "tcp")
	env := cast(1)
	env.Headers = []actor.Header{{Key: "k", Value: strings.Repeat("x", maxHeader+1)}}
	if err := send(a, env, ""); actor.CodeOf(err) != actor.CodeTooLarge {
		t.Fatal(err)
	}
	if err := send(a, cast(2), ""); err != nil {
		t.Fatal(err)
	}
	if got := <-atB.got; got.env.To != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestAbortTakesTheMessageBack(t *testing.T) {
	a, _, _, atB := linked(t, "tcp")
	for i := range uint64(5) {
		env := cast(100)
		b, err := a.Begin(context.Background(), &env)
		if err != nil {
			t.Fatal(err)
		}
		_ = append(b, "never mind"...)
		a.Abort()
		if err := send(a, cast(i), "x"); i > 0 && err != nil {
			t.Fatal(err)
		}
	}
	<-atB.lost // a cast to actor 0 breaks the rules; what counts is that nothing else came before
	if len(atB.got) != 0 {
		t.Errorf("got %+v", <-atB.got)
	}
}

func TestSchemaTravelsWithTheFirstMessageOfAHandler(t *testing.T) {
	a, _, _, atB := linked(t, "tcp")
	env := actor.Envelope{Kind: actor.MessageCast, To: 1, Handler: 5, Schema: 50}
	schema := func() uint64 { return (<-atB.got).env.Schema }
	b, _ := a.Begin(context.Background(), &env)
	_ = b
	a.Abort() // does not count
	if err := send(a, env, strings.Repeat("x", 2<<20)); err == nil {
		t.Fatal("too large a message was sent") // nor does this
	}
	for i := range 3 {
		if err := send(a, env, ""); err != nil {
			t.Fatal(err)
		}
		if got := schema(); (got == 50) != (i == 0) || (got != 0) != (i == 0) {
			t.Errorf("message %d came with schema %d", i, got)
		}
	}
	// Those of many handlers that share the slots are sent too often rather than too seldom.
	for h := range uint64(1000) {
		env.Handler, env.Schema = h*h, h+1
		send(a, env, "")
		if got := schema(); got != h+1 {
			t.Errorf("the first message of handler %d came with schema %d", h, got)
		}
	}
}

// stuck makes a link whose other end reads nothing yet.
func stuck(t *testing.T, network string, opts ...Option) (*link, *ear, net.Conn) {
	t.Helper()
	ca, cb := ends(t, network)
	e := newEar()
	t.Cleanup(func() { cb.Close() })
	return testLink(t, ca, e, opts...), e, cb
}

// fill sends casts until they would wait and nothing is written any more. It returns how many were accepted.
func fill(t *testing.T, l *link, size int) int {
	t.Helper()
	payload := make([]byte, size)
	last := uint64(0)
	for n := 0; ; {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		env := cast(uint64(n) + 1)
		b, err := l.Begin(ctx, &env)
		cancel()
		if err == nil {
			if err := l.Commit(append(b, payload...)); err != nil {
				t.Fatal(err)
			}
			n++
			continue
		}
		if !errors.Is(err, context.DeadlineExceeded) || actor.CodeOf(err) != actor.CodeDeadline {
			t.Fatal(err)
		}
		queued, progress := l.backlog()
		if queued > l.config.buffer && progress == last && (progress > 0 || l.try == nil) { // a pipe takes nothing
			return n
		}
		last = progress
	}
}

func TestFullBufferMakesCallsAndCastsWaitNotAnswers(t *testing.T) {
	for _, network := range networks {
		t.Run(network, func(t *testing.T) {
			a, _, other := stuck(t, network, Buffer(minBuffer))
			n := fill(t, a, 1000)
			if n < minBuffer/1100 {
				t.Fatalf("only %d messages were accepted", n)
			}
			for _, kind := range []actor.MessageKind{actor.MessageAnswer, actor.MessageError, actor.MessageCancel, actor.MessageReturn} {
				if err := send(a, actor.Envelope{Kind: kind, Call: 1}, ""); err != nil {
					t.Errorf("kind %d: %v", kind, err)
				}
			}
			// What waits goes in its turn, once there is room.
			const waiters = 20
			var order []uint64
			var mu sync.Mutex
			var wg sync.WaitGroup
			for i := range uint64(waiters) {
				wg.Go(func() {
					env := cast(1_000_000 + i)
					b, err := a.Begin(t.Context(), &env)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					order = append(order, i)
					mu.Unlock()
					a.Commit(b)
				})
				for queued := 0; queued <= int(i); {
					a.mu.Lock()
					queued = len(a.messages.waiting)
					a.mu.Unlock()
				}
			}
			left, cancel := context.WithCancel(t.Context())
			cancel()
			env := cast(1)
			if _, err := a.Begin(left, &env); !errors.Is(err, context.Canceled) {
				t.Errorf("a cancelled Begin: %v", err)
			}
			e := newEar()
			all := make(chan struct{})
			last := uint64(0)
			e.receive = func(env *actor.Envelope, _ []byte) error {
				if env.Kind == actor.MessageCast {
					if last = env.To; last == 1_000_000+waiters-1 {
						close(all)
					}
				}
				return nil
			}
			testLink(t, other, e)
			<-all
			wg.Wait()
			if !slices.IsSorted(order) {
				t.Errorf("they went in the order %v", order)
			}
		})
	}
}

func TestCommitDoesNotWaitForAPeerThatDoesNotRead(t *testing.T) {
	for _, network := range networks {
		t.Run(network, func(t *testing.T) {
			a, _, _ := stuck(t, network, Buffer(16<<20))
			done := make(chan struct{})
			go func() {
				defer close(done)
				for range 100 { // more than any socket buffers
					if err := send(a, actor.Envelope{Kind: actor.MessageCall, Call: 1, To: 1}, strings.Repeat("x", 100_000)); err != nil {
						t.Error(err)
					}
				}
			}()
			select {
			case <-done:
			case <-time.After(10 * time.Second):
				t.Fatal("a commit waits for the peer")
			}
		})
	}
}

func TestAnswersNobodyTakesAreRefusedInTheEnd(t *testing.T) {
	a, _, _ := stuck(t, "tcp", Buffer(minBuffer))
	payload := strings.Repeat("x", 100_000)
	for range 10_000 {
		err := send(a, actor.Envelope{Kind: actor.MessageAnswer, Call: 1}, payload)
		if err == nil {
			continue
		}
		if actor.CodeOf(err) != actor.CodeTooLarge {
			t.Fatal(err)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if q := a.queued(); q > a.config.hardLimit() {
			t.Errorf("%d bytes wait", q)
		}
		return
	}
	t.Error("a GB of answers was taken for a peer that does not read")
}

func TestPeerThatAsksAndTakesNoAnswersIsGivenUp(t *testing.T) {
	ca, cb := ends(t, "tcp")
	e := newEar()
	var l *link
	ready := make(chan struct{})
	e.receive = func(env *actor.Envelope, _ []byte) error {
		<-ready
		return send(l, actor.Envelope{Kind: actor.MessageError, Call: env.Call}, strings.Repeat("x", 50_000))
	}
	l = testLink(t, ca, e, Buffer(minBuffer))
	close(ready)
	question := actor.Envelope{Kind: actor.MessageCall, Call: 1, To: 1}
	batch := batchOf(slices.Repeat([]string{string(appendEnvelope(nil, &question, false))}, 100)...)
	go func() {
		for {
			if _, err := cb.Write(batch); err != nil {
				return
			}
		}
	}()
	if err := over(t, e); !strings.Contains(err.Error(), "answers wait") {
		t.Error(err)
	}
	cb.Close()
}

func TestUnsentMessagesAreReported(t *testing.T) {
	for _, network := range []string{"tcp", "unix", "pipe"} {
		t.Run(network, func(t *testing.T) {
			a, atA, other := stuck(t, network, Buffer(1<<20))
			n := fill(t, a, 10_000)
			var arrived []string
			if network == "pipe" { // which buffers nothing, so that it can be said exactly what has arrived
				arrived, _ = readAll(io.LimitReader(other, 300_000), 1<<20)
			}
			other.Close()
			if err := over(t, atA); err == nil {
				t.Error("the link was lost without a reason")
			}
			if len(atA.unsent) == 0 || len(atA.unsent)+len(arrived) > n {
				t.Fatalf("%d messages, %d arrived, %d reported", n, len(arrived), len(atA.unsent))
			}
			first := n - len(atA.unsent) + 1 // the reported ones are the last, all of them, in order
			for i, env := range atA.unsent {
				if env.To != uint64(first+i) || env.Kind != actor.MessageCast || env.Handler != 1 {
					t.Fatalf("report %d is of %+v", i, env)
				}
			}
			if network == "pipe" && len(atA.unsent)+len(arrived) != n {
				t.Errorf("%d messages, %d arrived, %d reported", n, len(arrived), len(atA.unsent))
			}
			env := cast(1)
			if _, err := a.Begin(t.Context(), &env); actor.CodeOf(err) != actor.CodeUnreachable {
				t.Error(err)
			}
		})
	}
}

func TestWaitingSendersLearnThatTheLinkIsLost(t *testing.T) {
	a, atA, other := stuck(t, "tcp", Buffer(minBuffer))
	fill(t, a, 1000)
	errs := make(chan error)
	for range 5 {
		go func() {
			env := cast(1)
			_, err := a.Begin(t.Context(), &env)
			errs <- err
		}()
	}
	other.Close()
	for range 5 {
		if err := <-errs; actor.CodeOf(err) != actor.CodeUnreachable || !strings.Contains(err.Error(), `proc "bank"`) {
			t.Error(err)
		}
	}
	over(t, atA)
}

func TestHostileBytesEndTheLink(t *testing.T) {
	unknown := batchOf(string([]byte{0x77, 0}))
	bad := batchOf(string(append([]byte{byte(actor.MessageCast), flagToName}, 0xff, 0xff, 0xff, 0x7f)))
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"noise":        {[]byte(strings.Repeat("noise", 1000)), "over the limit"},
		"bad checksum": {append(batchOf("x")[:9], 'y', 0, 0, 0, 0), "checksum"},
		"unknown kind": {unknown, "unknown kind"},
		"bad name":     {bad, "length over the limit"},
		"cut":          {batchOf("xyz")[:10], "without a word"},
		"nothing":      {nil, "without a word"},
	} {
		t.Run(name, func(t *testing.T) {
			_, atA, other := stuck(t, "pipe")
			go func() {
				other.Write(c.b)
				other.Close()
			}()
			go io.Copy(io.Discard, other)
			if err := over(t, atA); !strings.Contains(err.Error(), c.want) {
				t.Error(err)
			}
		})
	}
}

func TestReceiverRefusingAMessageEndsTheLink(t *testing.T) {
	ca, cb := ends(t, "tcp")
	atA, atB := newEar(), newEar()
	breach := errors.New("a breach of the protocol")
	atB.receive = func(*actor.Envelope, []byte) error { return breach }
	a := testLink(t, ca, atA)
	testLink(t, cb, atB)
	if err := send(a, cast(1), ""); err != nil {
		t.Fatal(err)
	}
	if err := over(t, atB); err != breach {
		t.Error(err)
	}
	over(t, atA)
}

func TestShutdownSendsWhatThereIsAndSaysSo(t *testing.T) {
	for _, network := range networks {
		t.Run(network, func(t *testing.T) {
			a, _, atA, atB := linked(t, network)
			for i := range uint64(500) {
				if err := send(a, cast(i+1), strings.Repeat("x", 1000)); err != nil {
					t.Fatal(err)
				}
			}
			a.shutdown(t.Context())
			if err := over(t, atA); err != errStopping || len(atA.unsent) > 0 {
				t.Errorf("%v, and %d not sent", err, len(atA.unsent))
			}
			if err := over(t, atB); err != errBye {
				t.Error(err)
			}
			for i := range uint64(500) {
				if got := <-atB.got; got.env.To != i+1 {
					t.Fatalf("message %d is %+v", i, got.env)
				}
			}
			env := cast(1)
			if _, err := a.Begin(t.Context(), &env); actor.CodeOf(err) != actor.CodeStopped {
				t.Error(err)
			}
		})
	}
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	a, atA, _ := stuck(t, "tcp", Buffer(1<<20))
	n := fill(t, a, 10_000)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	a.shutdown(ctx)
	if err := over(t, atA); err != errStopping {
		t.Error(err)
	}
	if len(atA.unsent) == 0 || len(atA.unsent) >= n {
		t.Errorf("%d of %d were reported", len(atA.unsent), n)
	}
}

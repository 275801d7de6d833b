package remote

import (
	"bytes"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// call sends one call to actor c and returns the kind of the answer and the error in it.
func call(t testing.TB, conn net.Conn, env actor.Envelope, payload []byte) (actor.MessageKind, string) {
	t.Helper()
	env.Kind, env.Call, env.ToName = actor.MessageCall, 1, "c"
	w := newWire(conn)
	w.send(t, env, payload...)
	got, answer := w.next(t)
	if got.Call != 1 {
		t.Fatalf("%+v", got)
	}
	return got.Kind, string(answer)
}

// A caught call is one that a client has made, and that waits for the test to answer it.
type caughtCall struct {
	*wire
	env     actor.Envelope
	payload []byte
	ended   chan error // how the call ended
}

// catchCall has a client call Deposit of an actor of proc bank, which is the test.
func catchCall(t testing.TB) *caughtCall {
	t.Helper()
	return catch(t, func(p *actor.Proc, address string) error {
		ref, err := sample.CounterAt(p, address)
		if err == nil {
			_, err = ref.Deposit(t.Context(), 1, "x")
		}
		return err
	})
}

// catch has a client use actor c of proc bank, which is the test, and returns the call that it makes first.
func catch(t testing.TB, use func(p *actor.Proc, address string) error) *caughtCall {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p, err := actor.NewProc("client", actor.WithLogger(slog.New(slog.DiscardHandler)), Enable())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	c := &caughtCall{ended: make(chan error, 1)}
	go func() { c.ended <- use(p, "tcp://"+ln.Addr().String()+"/bank/c") }()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := readHello(conn); err != nil {
		t.Fatal(err)
	}
	own := someHello(0)
	own.id = actor.UUID{15: 1}
	conn.Write(appendHello(nil, &own))
	if word, err := readWord(conn); err != nil || word != wordAsk {
		t.Fatalf("%q, %v", word, err)
	}
	conn.Write([]byte{wordUse})
	c.wire = newWire(conn)
	if c.env, c.payload = c.next(t); c.env.Handler == 0 || c.env.Schema == 0 || c.env.ToName != "c" || c.env.Kind != actor.MessageCall {
		t.Fatalf("%+v", c.env)
	}
	return c
}

// A wire speaks the protocol with a proc, message by message, after the handshake.
type wire struct {
	conn net.Conn
	in   *inbox
	body []byte // of the last batch, what was not read
}

func newWire(conn net.Conn) *wire { return &wire{conn: conn, in: newInbox(conn, 1<<20, func() {})} }

// send sends one message.
func (w *wire) send(t testing.TB, env actor.Envelope, payload ...byte) {
	t.Helper()
	if _, err := w.conn.Write(batchOf(string(append(appendEnvelope(nil, &env, true), payload...)))); err != nil {
		t.Fatal(err)
	}
}

// next returns the next message.
func (w *wire) next(t testing.TB) (env actor.Envelope, payload []byte) {
	t.Helper()
	for len(w.body) == 0 {
		body, err := w.in.next()
		if err != nil {
			t.Fatal(err)
		}
		w.body = bytes.Clone(body)
	}
	msg, rest, err := nextMessage(w.body, 1<<20)
	if err == nil {
		w.body = rest
		payload, err = readEnvelope(msg, &env)
	}
	if err != nil {
		t.Fatal(err)
	}
	return env, payload
}

// answer ends the call, and returns what its caller got.
func (c *caughtCall) answer(t testing.TB, kind actor.MessageKind, payload string) error {
	t.Helper()
	c.send(t, actor.Envelope{Kind: kind, Call: c.env.Call}, []byte(payload)...)
	return c.end(t)
}

// end returns what the caller got.
func (c *caughtCall) end(t testing.TB) error {
	t.Helper()
	select {
	case err := <-c.ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the call does not end")
		return nil
	}
}

// depositIDs returns the ids of the handler and the schema of sample.Counter.Deposit, learned from what a client sends.
func depositIDs(t testing.TB) (id, schema uint64) {
	t.Helper()
	c := catchCall(t)
	return c.env.Handler, c.env.Schema
}

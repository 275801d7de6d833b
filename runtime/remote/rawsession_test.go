package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Here a peer breaks the rules of a session, byte by byte. It costs the peer its connection where the rules of a link are broken, else that session
// alone, and never the proc.

// The ends of sample.Gate.Talk.
type (
	talkServer = actor.SessionServer[string, int64, int64]
	talkClient = actor.SessionClient[string, int64, int64, string]
)

// catchTalk has a client open a session with the test.
func catchTalk(t testing.TB) *caughtCall {
	t.Helper()
	return catch(t, func(p *actor.Proc, address string) error {
		ref, err := sample.GateAt(p, address)
		if err == nil {
			_, err = ref.Talk(t.Context(), "")
		}
		return err
	})
}

func untilCanceled(ctx *actor.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// A stage is a gate at a proc, and a peer that has opened a session with it.
type stage struct {
	*wire
	proc  *actor.Proc
	call  actor.Envelope // that opens the session, as number 1
	terms []byte         // of its payload
	args  []byte
	ended chan error // what the handler has got in the end
	got   chan any   // what it has received before: values, and errors that did not end it
}

// topics are what handlers of a stage do, before they wait for their end. What they receive goes to the stage.
var topics = map[string]func(ctx *actor.Context, s *talkServer, got func(any)) error{
	"unopened": func(ctx *actor.Context, _ *talkServer, got func(any)) error {
		got("begun")
		return untilCanceled(ctx)
	},
	"full": func(ctx *actor.Context, s *talkServer, _ func(any)) error {
		if err := errors.Join(s.Queue(2, actor.FullBlock), s.Open("")); err != nil {
			return err
		}
		return untilCanceled(ctx)
	},
	"receives": receiveAll,
	"tolerates": func(ctx *actor.Context, s *talkServer, got func(any)) error {
		s.Tolerate()
		return receiveAll(ctx, s, got)
	},
	"sends": func(ctx *actor.Context, s *talkServer, got func(any)) error {
		if err := errors.Join(s.Open(""), s.Send(1), s.Send(2)); err != nil {
			return err
		}
		return untilCanceled(ctx)
	},
}

func receiveAll(ctx *actor.Context, s *talkServer, got func(any)) error {
	if err := s.Open(""); err != nil {
		return err
	}
	for {
		n, err := s.Recv()
		var bad *codec.TypeError
		switch {
		case err == nil:
			got(n)
		case errors.As(err, &bad) && ctx.Err() == nil:
			got(bad)
		default:
			return err
		}
	}
}

// newStage starts a proc, and connects to it as a peer that is about to open a session.
func newStage(t testing.TB, opening *caughtCall, topic string) *stage {
	t.Helper()
	st := &stage{call: opening.env, terms: opening.payload[:2], ended: make(chan error, 1), got: make(chan any, 10)}
	st.args = append([]byte{0x91, 0xa0 + byte(len(topic))}, topic...)
	st.proc, _ = victim(t)
	if _, err := sample.SpawnGate(st.proc, "g", func() *sample.Gate {
		return &sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			err := topics[topic](ctx, s, func(v any) { st.got <- v })
			st.ended <- err
			return "", err
		}}
	}); err != nil {
		t.Fatal(err)
	}
	st.wire = newWire(knock(t, st.proc))
	shake(t, st.conn, someHello(9), true)
	st.call.Kind, st.call.Call, st.call.ToName = actor.MessageCall, 1, "g"
	return st
}

// opened waits for the opening.
func (st *stage) opened(t testing.TB) {
	t.Helper()
	if env, _ := st.next(t); env.Kind != actor.MessageOpened || env.Call != 1 {
		t.Fatalf("not the opening: %+v", env)
	}
}

// tell sends a message of the session.
func (st *stage) tell(t testing.TB, kind actor.MessageKind, payload ...byte) {
	t.Helper()
	st.send(t, actor.Envelope{Kind: kind, Call: 1}, payload...)
}

// end returns what the handler has got.
func (st *stage) end() error { return <-st.ended }

// open opens the session.
func (st *stage) open(t testing.TB) {
	t.Helper()
	st.send(t, st.call, slices.Concat(st.terms, st.args)...)
}

const in, out = actor.MessageIn, actor.MessageOut

// seven is a value of either stream.
var seven = []byte{0x91, 7}

// parity: A40, A45, A57
func TestClientThatBreaksASessionLosesItsConnection(t *testing.T) {
	opening := catchTalk(t)
	for name, c := range map[string]struct {
		topic string
		do    func(t *testing.T, st *stage)
	}{
		"a value before the opening": {"unopened", func(t *testing.T, st *stage) { st.tell(t, in, 1) }},
		"an end before the opening":  {"unopened", func(t *testing.T, st *stage) { st.tell(t, actor.MessageInEnd) }},
		"opened twice":               {"unopened", func(t *testing.T, st *stage) { st.open(t) }},
		"more values than room":      {"full", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, in, 1); st.tell(t, in, 2); st.tell(t, in, 3) }},
		"a value after the end":      {"full", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, actor.MessageInEnd); st.tell(t, in, 1) }},
		"two ends": {"full", func(t *testing.T, st *stage) {
			st.opened(t)
			st.tell(t, actor.MessageInEnd)
			st.tell(t, actor.MessageInEnd)
		}},
		"room for more than was sent": {"sends", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, actor.MessageOutRoom, 3) }},
		"room of endless bytes": {"sends", func(t *testing.T, st *stage) {
			st.opened(t)
			st.tell(t, actor.MessageOutRoom, bytes.Repeat([]byte{0xff}, 20)...)
		}},
		"room without a number":       {"sends", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, actor.MessageOutRoom) }},
		"room with more behind it":    {"sends", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, actor.MessageOutRoom, 1, 1) }},
		"a cancel that says nonsense": {"full", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, actor.MessageCancel, 0x97, 0xcc, 0xff) }},
		"a value for a plain call":    {"unopened", func(t *testing.T, st *stage) { st.plainCall(t); st.send(t, actor.Envelope{Kind: in, Call: 2}, 1) }},
		"an end for a plain call": {"unopened", func(t *testing.T, st *stage) {
			st.plainCall(t)
			st.send(t, actor.Envelope{Kind: actor.MessageInEnd, Call: 2})
		}},
		"room for a plain call's": {"unopened", func(t *testing.T, st *stage) {
			st.plainCall(t)
			st.send(t, actor.Envelope{Kind: actor.MessageOutRoom, Call: 2}, 1)
		}},
		"an unknown kind of a session": {"full", func(t *testing.T, st *stage) { st.opened(t); st.tell(t, actor.MessageOutRoom+1, 1) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newStage(t, opening, c.topic)
			st.open(t)
			if c.topic == "unopened" {
				<-st.got // one that has not begun never runs if its caller is gone
			}
			c.do(t, st)
			expectClosed(t, st.conn)
			var by *actor.Canceled
			if err := st.end(); !errors.As(err, &by) || by.By != (actor.ID{Proc: st.proc.ID()}) || !errors.Is(err, actor.ErrUnreachable) {
				t.Errorf("the handler ends with %v", err)
			}
			works(t, st.proc)
		})
	}
}

// plainCall sends a call that waits behind the session's handler, which has the turn.
func (st *stage) plainCall(t testing.TB) {
	t.Helper()
	echo := catch(t, func(p *actor.Proc, address string) error {
		ref, err := sample.GateAt(p, address)
		if err == nil {
			_, err = ref.Echo(t.Context(), "x")
		}
		return err
	})
	env := echo.env
	env.Call, env.ToName = 2, "g"
	st.send(t, env, echo.payload...)
}

// goesOn checks that the connection is as good as before.
func (st *stage) goesOn(t testing.TB) {
	t.Helper()
	st.plainCall(t)
	for {
		if env, _ := st.next(t); env.Kind == actor.MessageAnswer && env.Call == 2 {
			return
		}
	}
}

func TestClientThatBreaksItsOwnSessionLosesThatAlone(t *testing.T) {
	opening := catchTalk(t)
	if fmt.Sprint(opening.payload[:2]) != fmt.Sprint([]byte{64, byte(actor.FullBlock)}) {
		t.Fatalf("a session is opened with %x", opening.payload)
	}
	t.Run("terms", func(t *testing.T) {
		st := newStage(t, opening, "full")
		for name, terms := range map[string][]byte{"none": {}, "cut": {64}, "no room": {0, 1}, "too much room": {0x81, 0x80, 4, 1}, "endless": bytes.Repeat([]byte{0xff}, 20),
			"largest": {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1}, "unknown policy": {64, 4}, "no arguments": {64, 1}} {
			payload := terms
			if len(terms) > 1 && name != "no arguments" {
				payload = append(terms, st.args...)
			}
			st.send(t, st.call, payload...)
			if env, _ := st.next(t); env.Kind != actor.MessageError || env.Call != 1 {
				t.Errorf("%s: %+v", name, env)
			}
		}
		st.goesOn(t)
	})
	t.Run("values of another type", func(t *testing.T) {
		st := newStage(t, opening, "receives")
		st.open(t)
		st.opened(t)
		st.tell(t, in, seven...)
		if v := <-st.got; v != any(int64(7)) {
			t.Errorf("the handler gets %v", v)
		}
		st.tell(t, in, 0x91, 0xa1, 'x')
		var bad *codec.TypeError
		if err := st.end(); !errors.As(err, &bad) || bad.Kind != "int" || bad.Got != "str" || bad.Raw.String() != `["x"]` {
			t.Errorf("the handler ends with %v", err)
		}
		if env, _ := st.next(t); env.Kind != actor.MessageError || env.Call != 1 {
			t.Errorf("the client gets %+v", env)
		}
		st.tell(t, in, seven...) // comes late, as it may
		st.goesOn(t)
	})
	t.Run("values of another type are tolerated", func(t *testing.T) {
		st := newStage(t, opening, "tolerates")
		st.open(t)
		st.opened(t)
		for _, payload := range [][]byte{{0x91, 0xa1, 'x'}, {}, {0xc1}, {7}, {0x91, 0xd3, 1}, {0xdd, 0xff, 0xff, 0xff, 0xff}} {
			st.tell(t, in, payload...)
			if bad, ok := (<-st.got).(*codec.TypeError); !ok || !bytes.Equal(bad.Raw, payload) {
				t.Errorf("for %x the handler gets %v", payload, bad)
			}
		}
		st.tell(t, in, seven...)
		if v := <-st.got; v != any(int64(7)) {
			t.Errorf("the handler gets %v", v)
		}
		st.goesOn(t)
	})
	t.Run("a cancel that says nothing", func(t *testing.T) {
		st := newStage(t, opening, "full")
		st.open(t)
		st.opened(t)
		st.tell(t, actor.MessageCancel)
		var by *actor.Canceled
		if err := st.end(); !errors.As(err, &by) || by.By.Proc == st.proc.ID() || by.Cause != nil {
			t.Errorf("the handler ends with %v", err)
		}
		st.goesOn(t)
	})
	t.Run("messages of nobody", func(t *testing.T) {
		st := newStage(t, opening, "full")
		for kind := actor.MessageOpened; kind <= actor.MessageOutRoom; kind++ {
			st.tell(t, kind, 0xc1)
		}
		st.goesOn(t)
	})
}

package actor_test

import (
	"context"
	"errors"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A wire is a transport and its only link: the test is the other proc, which sees what is sent and answers by hand.
type wire struct {
	listening
	peer *actor.Peer
	sent chan sentMessage
	env  actor.Envelope
}

type sentMessage struct {
	env     actor.Envelope
	payload []byte
}

func (w *wire) Link(context.Context, string, actor.UUID) (actor.Link, error) { return w, nil }

func (w *wire) Begin(_ context.Context, env *actor.Envelope) ([]byte, error) {
	w.env = *env
	return nil, nil
}

func (w *wire) Commit(b []byte) error {
	w.sent <- sentMessage{w.env, b}
	return nil
}

func (w *wire) Abort() {}

func (w *wire) Peer() *actor.Peer { return w.peer }

// next returns what was sent next, which has to be of a kind.
func (w *wire) next(t testing.TB, kind actor.MessageKind) sentMessage {
	t.Helper()
	m := receive(t, w.sent, "a message")
	if m.env.Kind != kind {
		t.Fatalf("a message of kind %d, want %d", m.env.Kind, kind)
	}
	return m
}

// get has the proc take a message, which must not end the link.
func (w *wire) get(t testing.TB, env actor.Envelope, payload string) {
	t.Helper()
	if err := w.peer.Receive(&env, []byte(payload)); err != nil {
		t.Fatalf("the link ends: %v", err)
	}
}

// caller returns a proc with a link, and a ref over it.
func caller(t testing.TB) (*wire, sample.CounterRef) {
	t.Helper()
	var w *wire
	p := newProc(t, actor.WithTransport(func(actor.Transport) (actor.Transport, error) {
		w = &wire{sent: make(chan sentMessage, 10)}
		return w, nil
	}))
	w.peer = p.NewPeer(w, actor.UUID{1}, "other")
	ref, err := sample.CounterAt(p, "tcp://127.0.0.1:1/other/c")
	ok(t, err)
	return w, ref
}

// deposit begins a call over the link and returns its envelope.
func deposit(t testing.TB, ctx context.Context, w *wire, ref sample.CounterRef) (actor.Envelope, <-chan error) {
	t.Helper()
	over := begin(func() error {
		n, err := ref.Deposit(ctx, 1, "x")
		if err == nil && n != 7 {
			t.Errorf("the result is %d", n)
		}
		return err
	})
	return w.next(t, actor.MessageCall).env, over
}

// parity: A12
func TestBadAnswerIsTheErrorOfItsCallAlone(t *testing.T) {
	w, ref := caller(t)
	for payload, want := range map[string]string{
		"\x91\xa1x":    `wanted int, got str`,
		"":             "cut short",
		"\x91\xcf\xff": "cut short",
	} {
		first, failed := deposit(t, soon(t), w, ref)
		second, works := deposit(t, soon(t), w, ref)
		w.get(t, actor.Envelope{Kind: actor.MessageAnswer, Call: first.Call}, payload)
		err := receive(t, failed, "the caller's error")
		wantCode(t, err, actor.CodeDecode)
		wantText(t, err, "the result of sample.Counter.Deposit", want)
		w.get(t, actor.Envelope{Kind: actor.MessageAnswer, Call: second.Call}, "\x91\x07")
		ok(t, receive(t, works, "the other call's end"))
	}
}

// parity: A40
func TestWhatComesForACallThatIsOverIsDropped(t *testing.T) {
	w, ref := caller(t)
	answer := func(call uint64) { w.get(t, actor.Envelope{Kind: actor.MessageAnswer, Call: call}, "\x91\x07") }

	ctx, leave := context.WithCancel(soon(t))
	left, over := deposit(t, ctx, w, ref)
	leave()
	wantCode(t, receive(t, over, "the end of the call"), actor.CodeCanceled)
	if m := w.next(t, actor.MessageCancel); m.env.Call != left.Call {
		t.Errorf("call %d was cancelled, not %d", m.env.Call, left.Call)
	}
	answer(left.Call)

	call, over := deposit(t, soon(t), w, ref)
	answer(call.Call + 1) // never made
	answer(call.Call)
	answer(call.Call)
	ok(t, receive(t, over, "the end of the call"))
	w.get(t, actor.Envelope{Kind: actor.MessageCancel, Call: 99}, "")

	call, over = deposit(t, soon(t), w, ref)
	answer(call.Call)
	ok(t, receive(t, over, "the end of the call after all that"))
}

// A cutOff Deposit ends with its context, and tells what that says.
type cutOff struct {
	sample.Counter
	began, ended chan error
}

func (c *cutOff) Deposit(ctx context.Context, amount int64, note string) (int64, error) {
	c.began <- ctx.Err()
	<-ctx.Done()
	c.ended <- ctx.Err()
	return 0, ctx.Err()
}

// parity: A41
func TestOnlyTheLinkThatCalledCancels(t *testing.T) {
	w, ref := caller(t)
	asked, over := deposit(t, soon(t), w, ref)
	w.peer.Lost(errors.New("cut"))
	if receive(t, over, "the end of the call") == nil {
		t.Error("a call over a lost link succeeds")
	}

	p := newProc(t)
	c := &cutOff{began: make(chan error), ended: make(chan error)}
	_, err := sample.SpawnCounterAs(p, "c", func() sample.CounterBehavior { return c })
	ok(t, err)
	caller, stranger := &wire{sent: make(chan sentMessage, 10)}, &wire{}
	caller.peer = p.NewPeer(caller, actor.UUID{1}, "caller")
	stranger.peer = p.NewPeer(stranger, actor.UUID{2}, "stranger")
	cancel := actor.Envelope{Kind: actor.MessageCancel, Call: asked.Call}
	caller.get(t, asked, "\x92\x01\xa1x")
	ok(t, receive(t, c.began, "the handler"))
	stranger.get(t, cancel, "")
	select {
	case err := <-c.ended:
		t.Fatalf("another link has ended the call: %v", err)
	default:
	}
	caller.get(t, cancel, "")
	caller.get(t, cancel, "")
	if err := receive(t, c.ended, "the end of the handler"); err != context.Canceled {
		t.Errorf("the handler's context says %v", err)
	}
}

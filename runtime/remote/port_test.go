package remote_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// teller starts a gate in a proc that listens, and returns it as seen from another proc, and what it hears of its messages that were
// lost.
func teller(t *testing.T, network string, from *actor.Proc) (gate sample.GateRef, told <-chan *actor.Undelivered) {
	t.Helper()
	lost := make(chan *actor.Undelivered, 10)
	server, _ := newProc(t, "server", listen(t, network))
	if _, err := sample.SpawnGate(server, "gate", func() *sample.Gate {
		return &sample.Gate{OnLost: func(u *actor.Undelivered) { lost <- u }}
	}); err != nil {
		t.Fatal(err)
	}
	ref, err := sample.GateAt(from, server.Address()+"/gate")
	if err != nil {
		t.Fatal(err)
	}
	return ref, lost
}

func openPort[M any](t *testing.T, p *actor.Proc, opts ...actor.PortOption) (actor.Port[M], *actor.Receiver[M]) {
	t.Helper()
	to, values, err := actor.OpenRemotePort[M](p, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return to, values
}

// parity: B12, BT48
func TestOpenedPortIsReachedFromOtherProcs(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		client, _ := newProc(t, "client", listen(t, network))
		gate, _ := teller(t, network, client)
		to, values := openPort[string](t, client)
		for i := range 100 {
			if err := gate.Tell(soon(t), to, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 100 {
			if got, err := values.Recv(soon(t)); got != fmt.Sprint(i) || err != nil {
				t.Fatal(got, err)
			}
		}
		// A proc that only dials is reached over its own link.
		dials, _ := newProc(t, "dials", remote.Enable())
		to, values = openPort[string](t, dials)
		far, _ := teller(t, network, dials)
		if err := far.Tell(soon(t), to, "back"); err != nil {
			t.Fatal(err)
		}
		if got, err := values.Recv(soon(t)); got != "back" || err != nil {
			t.Error(got, err)
		}
	})
}

// parity: B63, BT49
func TestClosedPortIsReportedToItsRemoteSender(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		client, _ := newProc(t, "client", remote.Enable())
		gate, told := teller(t, network, client)
		to, values := openPort[string](t, client, actor.MailboxSize(1))
		for _, text := range []string{"fits", "does not"} {
			if err := gate.Tell(soon(t), to, text); err != nil {
				t.Fatal(err)
			}
		}
		if u := <-told; !errors.Is(u.Err, actor.ErrMailboxFull) {
			t.Errorf("told of %+v", u)
		}
		values.Close() // with a value in it
		if u := <-told; !errors.Is(u.Err, actor.ErrStopped) || !strings.Contains(u.Err.Error(), "its receiver was closed") {
			t.Errorf("told of %+v", u)
		}
		if err := gate.Tell(soon(t), to, "too late"); err != nil {
			t.Fatal(err)
		}
		if u := <-told; !errors.Is(u.Err, actor.ErrNotFound) || !strings.Contains(u.Err.Error(), "is closed, or its owner has ended") {
			t.Errorf("told of %+v", u)
		}
	})
}

// parity: B65, BT50
// A value of another type, from whoever has the port's address, is refused, and the port stays open.
func TestValueOfTheWrongTypeLeavesThePortOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		client, _ := newProc(t, "client", remote.Enable())
		gate, told := teller(t, network, client)
		numbers, values := openPort[int](t, client)
		b, err := numbers.MarshalMsg(nil)
		if err != nil {
			t.Fatal(err)
		}
		var texts actor.Port[string] // by the same address
		if _, err := texts.UnmarshalMsg(b); err != nil {
			t.Fatal(err)
		}
		if err := gate.Tell(soon(t), texts, "no number"); err != nil {
			t.Fatal(err)
		}
		if u := <-told; actor.CodeOf(u.Err) != actor.CodeDecode || !strings.Contains(u.Err.Error(), "an opened port of int") {
			t.Errorf("told of %+v", u)
		} else if te, ok := errors.AsType[*codec.TypeError](u.Err); !ok || te.Raw.String() != `["no number"]` || !strings.HasPrefix(te.From, "actor #") {
			t.Errorf("told of %+v", te)
		}
		if err := numbers.Send(soon(t), 7); err != nil {
			t.Fatal(err)
		}
		if got, err := values.Recv(soon(t)); got != 7 || err != nil {
			t.Error(got, err)
		}
	})
}

// A subscriber in another proc is one by its port.
func TestTopicReachesSubscribersInOtherProcs(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		a, _ := newProc(t, "a", listen(t, network))
		b, _ := newProc(t, "b", listen(t, network))
		seen := make(chan string, 10)
		spawn(t, b, "counter", script{onNote: func(_ *actor.Context, text string) { seen <- text }})
		topic, err := actor.NewTopic[string](a, "news")
		if err != nil {
			t.Fatal(err)
		}
		far := actor.GenNewPort(notePort{at(t, a, b.Address()+"/counter")})
		if _, err := actor.Subscribe(a, topic, far); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"one", "two"} {
			if err := actor.Publish(soon(t), topic, text); err != nil {
				t.Fatal(err)
			}
			if got := <-seen; got != text {
				t.Errorf("got %q", got)
			}
		}
	})
}

// notePort is the port of a counter's Note by its ref.
type notePort struct{ to sample.CounterRef }

func (p notePort) Send(ctx context.Context, text string) error { return p.to.Note(ctx, text) }

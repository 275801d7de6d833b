package actor_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// listening is a transport that does nothing but give a proc an address, and take some.
type listening struct{ actor.Transport }

func (listening) Start(p *actor.Proc) ([]string, error) {
	return []string{"tcp://127.0.0.1:7000/" + p.Name()}, nil
}

func (listening) Check(address string) error {
	if strings.HasPrefix(address, "tcp://127.0.0.1:") {
		return nil
	}
	return errors.New("address " + address + ": plain tcp to another machine")
}

func (listening) Stop(context.Context) {}

func TestRefIsAValue(t *testing.T) {
	p := newProc(t)
	g, h := spawnGate(t, p), spawnGate(t, p)
	first := g.Ref()
	if first != g.Ref() || g.Ref() == h.Ref() || g.Ref() == (sample.GateRef{}) {
		t.Error("refs of one actor differ, or those of two are equal")
	}
	m := map[sample.GateRef]string{g.Ref(): "g", h.Ref(): "h"}
	if m[g.Ref()] != "g" || len(m) != 2 {
		t.Errorf("%v", m)
	}
	handles := map[sample.GateHandle]bool{g: true, h: true, g: false}
	if len(handles) != 2 || g.Actor() == h.Actor() {
		t.Errorf("%v", handles)
	}
	if s := g.Ref().String(); s != g.Actor().ID().String() || !strings.Contains(s, "#") {
		t.Errorf("prints as %q", s)
	}
	if fmt.Sprint(g.Ref()) != g.Ref().String() {
		t.Errorf("prints as %v", g.Ref())
	}
}

// parity: BT22
func TestRefSurvivesRestartsAndDiesWithTheActor(t *testing.T) {
	p := newProc(t, quiet)
	g, err := sample.SpawnGate(p, "name", plainGate, atOnce)
	ok(t, err)
	ref := g.Ref()
	fail(t, g)
	if s, err := ref.Echo(soon(t), "x"); s != "x" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	other, err := sample.SpawnGate(p, "name", plainGate) // another of that name is not meant
	ok(t, err)
	if other.Ref() == ref || other.Actor().ID() == g.Actor().ID() {
		t.Errorf("the next actor is %v too", other.Actor().ID())
	}
	_, err = ref.Echo(soon(t), "x")
	if !errors.Is(err, actor.ErrNotFound) {
		t.Errorf("%v", err)
	}
	wantText(t, err, "sample.Gate.Echo", "proc test", "no such actor")
	// A ref that is made of a handle afterwards is no better.
	if _, err := g.Ref().Echo(soon(t), "x"); !errors.Is(err, actor.ErrNotFound) && !errors.Is(err, actor.ErrStopped) {
		t.Errorf("%v", err)
	}
}

func TestRefTravelsAsBytes(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	for name, ref := range map[string]sample.GateRef{"of an actor": g.Ref(), "zero": {}} {
		b, err := ref.MarshalMsg([]byte("before"))
		ok(t, err)
		if len(b)-6 > ref.Msgsize() {
			t.Errorf("%s: %d bytes, more than Msgsize says: %d", name, len(b)-6, ref.Msgsize())
		}
		got := g.Ref() // overwritten, whatever it was
		rest, err := got.UnmarshalMsg(append(b, "after"...)[6:])
		ok(t, err)
		if string(rest) != "after" || got.IsZero() != ref.IsZero() {
			t.Errorf("%s: rest %q, %v", name, rest, got)
		}
		_, err = got.Echo(soon(t), "x")
		wantCode(t, err, actor.CodeUnbound)
		wantText(t, err, "sample.Gate.Echo", "decoded outside of a proc")
		got.BindRefs(p)
		if got != ref {
			t.Errorf("%s: %v came back as %v", name, ref, got)
		}
		for cut := range len(b) - 6 {
			var r sample.GateRef
			if _, err := r.UnmarshalMsg(b[6 : 6+cut]); err == nil {
				t.Errorf("%s: cut to %d of %d bytes it can be read", name, cut, len(b)-6)
			}
		}
	}
}

// parity: BT3
func TestRefOfTheWrongKind(t *testing.T) {
	p := newProc(t)
	b, err := spawnGate(t, p).Ref().MarshalMsg(nil)
	ok(t, err)
	var c sample.CounterRef
	_, err = c.UnmarshalMsg(b)
	ok(t, err)
	c.BindRefs(p)
	_, err = c.Deposit(soon(t), 1, "")
	wantCode(t, err, actor.CodeKind)
	wantText(t, err, "sample.Gate #", "is no sample.Counter")
	err = c.Add(soon(t), 1)
	wantCode(t, err, actor.CodeKind)
}

func TestRefToAProcThatCannotBeReached(t *testing.T) {
	p, q := newProc(t), newProc(t)
	b, err := spawnGate(t, q).Ref().MarshalMsg(nil)
	ok(t, err)
	var r sample.GateRef
	_, err = r.UnmarshalMsg(b)
	ok(t, err)
	r.BindRefs(p)
	_, err = r.Echo(soon(t), "x")
	if !errors.Is(err, actor.ErrUnreachable) {
		t.Error(err)
	}
	wantText(t, err, "sample.Gate.Echo", "is in another proc", "proc test has no transport", "remote.Listen")
}

// parity: CT35
func TestRefOfAnAddressNamesWhoeverHoldsTheName(t *testing.T) {
	p := newProc(t, actor.WithTransport(func(actor.Transport) (actor.Transport, error) { return listening{}, nil }))
	const address = "tcp://127.0.0.1:7000/test/name"
	ref, err := sample.GateAt(p, address)
	ok(t, err)
	if ref.String() != address {
		t.Errorf("prints as %v", ref)
	}
	_, err = ref.Echo(soon(t), "x")
	if !errors.Is(err, actor.ErrNotFound) {
		t.Error(err)
	}
	for range 3 {
		g, err := sample.SpawnGate(p, "name", plainGate)
		ok(t, err)
		if g.Actor().Address() != address {
			t.Errorf("address %q", g.Actor().Address())
		}
		if s, err := ref.Echo(soon(t), "x"); s != "x" || err != nil {
			t.Errorf("%q, %v", s, err)
		}
		g.Actor().Stop(actor.StopNow, nil)
		ended(t, g)
	}
	again, err := sample.GateAt(p, address)
	ok(t, err)
	if again != ref {
		t.Error("two refs of one address differ")
	}
	if a := spawnGate(t, p).Actor().Address(); a != "" {
		t.Errorf("an anonymous actor has the address %q", a)
	}
}

func TestAddressErrorsSayWhatIsWrong(t *testing.T) {
	p := newProc(t, actor.WithTransport(func(actor.Transport) (actor.Transport, error) { return listening{}, nil }))
	for address, why := range map[string]string{
		"":                             "no scheme",
		"name":                         "no scheme",
		"://x":                         "not a URL",
		"http://host:1/proc/name":      "scheme http is not known",
		"tcp://host/proc/name":         "no host and port",
		"tcp:///proc/name":             "no host and port",
		"tcp://127.0.0.1:7000":         "no proc and actor name",
		"tcp://127.0.0.1:7000/proc":    "no proc and actor name",
		"tcp://127.0.0.1:7000/proc/":   "no proc and actor name",
		"tcp://127.0.0.1:7000//name":   "no proc and actor name",
		"tcp://127.0.0.1:7000/p/n?x=1": "more than scheme, host, port and path",
		"tcp://ann@127.0.0.1:7000/p/n": "more than scheme, host, port and path",
		"tcp://127.0.0.1:7000/p#12":    "Handle.Address",
		"unix://host/run/x.sock#p/n":   "no absolute path",
		"unix:///run/x.sock":           "no proc and actor name after #",
		"unix:///run/x.sock#p":         "no proc and actor name after #",
		"tcp://8.8.8.8:1/p/n":          "plain tcp to another machine",
		"tcp://127.0.0.1:7000/p/n\x00": "not a URL",
		strings.Repeat("x", 100):       "no scheme",
	} {
		_, err := sample.GateAt(p, address)
		wantCode(t, err, actor.CodeAddress)
		wantText(t, err, why)
		if strings.Count(err.Error(), "address \"") > 1 {
			t.Errorf("it says address twice: %v", err)
		}
	}
	_, err := sample.GateAt(newProc(t), "tcp://127.0.0.1:7000/proc/name")
	wantCode(t, err, actor.CodeAddress)
	wantText(t, err, "proc test has no transport")
	_, err = sample.GateAt(nil, "tcp://127.0.0.1:7000/proc/name")
	wantCode(t, err, actor.CodeMisuse)
}

func TestPortsAreComparableAndSend(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p)
	a, b := h.Ports(), h.Ports()
	if a.Add != b.Add || a.Add == spawnCounter(t, p).Ports().Add || a.Add.IsZero() {
		t.Error("ports of one actor differ, or those of two are equal")
	}
	ok(t, a.Add.Send(soon(t), 3))
	ok(t, a.Note.Send(soon(t), "x"))
	ok(t, a.Load.Send(soon(t), bigOne("b")))
	if n, err := h.Total(soon(t)); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

package remote

import (
	"errors"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
)

// typeErrorOf returns the error that tells of a payload in what a caller got.
func typeErrorOf(t *testing.T, err error) *codec.TypeError {
	t.Helper()
	te, ok := errors.AsType[*codec.TypeError](err)
	if !ok || actor.CodeOf(err) != actor.CodeDecode {
		t.Fatalf("got %v", err)
	}
	return te
}

// parity: A13, A14
// Whose arguments cannot be decoded gets an error that shows them, from the proc that could not.
func TestCallerGetsTheTypeErrorOfItsArguments(t *testing.T) {
	p, _ := victim(t)
	long := strings.Repeat("x", 100<<10)
	for name, args := range map[string][]byte{
		"short": {0x92, 0xa1, 'x', 7},
		"long":  msgp.AppendString(msgp.AppendString([]byte{0x92}, long), "note"),
	} {
		c := catchCall(t)
		conn := knock(t, p)
		h := someHello(9)
		shake(t, conn, h, name == "long")
		kind, answer := call(t, conn, actor.Envelope{Handler: c.env.Handler, Schema: c.env.Schema, From: 7}, args)
		if kind != actor.MessageError {
			t.Fatalf("%s: kind %d", name, kind)
		}
		err := c.answer(t, kind, answer)
		te := typeErrorOf(t, err)
		if want := "the arguments of sample.Counter.Deposit(amount int64, note string) int64"; te.Want != want || te.From != "actor #7 in proc "+h.name ||
			te.Path != "amount" || te.Kind != "int" || te.Got != "str" || te.Err == nil {
			t.Errorf("%s: %+v", name, te)
		}
		if got := len(te.Raw); got != min(len(args), 64<<10) || string(te.Raw) != string(args[:got]) || got+te.Cut != len(args) {
			t.Errorf("%s: %d bytes, and %d were cut", name, got, te.Cut)
		}
		for _, want := range []string{"sent by actor #7 in proc " + h.name, "at amount", "wanted int, got str", "(from victim)"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
		if cut := strings.Contains(te.Error(), "(the first 65536 of "); cut != (name == "long") {
			t.Errorf("%s: %v", name, te)
		}
		if again := typeErrorOf(t, err); again != te {
			t.Errorf("%s: it is decoded twice", name)
		}
	}
}

// parity: A12, A13
func TestBadResultSaysWhoSentIt(t *testing.T) {
	err := catchCall(t).answer(t, actor.MessageAnswer, string(msgp.AppendString([]byte{0x91}, "ten")))
	te := typeErrorOf(t, err)
	if te.Want != "the result of sample.Counter.Deposit" || te.From != "proc bank" || te.Kind != "int" || te.Got != "str" || te.Raw.String() != `["ten"]` {
		t.Errorf("%+v", te)
	}
	if e, _ := errors.AsType[*actor.Error](err); len(e.Path) != 0 || e.Origin != "" {
		t.Errorf("it arose here: %+v", e)
	}
}

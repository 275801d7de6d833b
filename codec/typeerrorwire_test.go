package codec_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// crossed returns the error as it is in another proc.
func crossed(t *testing.T, e *codec.TypeError) *codec.TypeError {
	t.Helper()
	b, err := e.MarshalMsg(nil)
	if err != nil || len(b) > e.Msgsize() {
		t.Fatalf("%d bytes of at most %d, %v", len(b), e.Msgsize(), err)
	}
	other := new(codec.TypeError)
	rest, err := other.UnmarshalMsg(append(b, "rest"...))
	if err != nil || string(rest) != "rest" {
		t.Fatalf("%q is left, %v", rest, err)
	}
	return other
}

// parity: A13
func TestTypeErrorTravels(t *testing.T) {
	var e *codec.TypeError
	if !errors.As(row("ten", "x").Decode(&ledgerRow{}), &e) {
		t.Fatal("no TypeError")
	}
	e.From = "actor #7 in proc till"
	got := crossed(t, e)
	if got.Error() != e.Error() || got.Err.Error() != e.Err.Error() || !got.Raw.Equal(e.Raw) || got.From != e.From || got.Cut != 0 {
		t.Errorf("%+v came as %+v", e, got)
	}
	if want := ", sent by actor #7 in proc till: at Cents: wanted int, got str; the value is {"; !strings.Contains(got.Error(), want) {
		t.Errorf("%v does not say %q", got, want)
	}
	if bare := crossed(t, &codec.TypeError{Want: "x"}); bare.Error() != (&codec.TypeError{Want: "x"}).Error() {
		t.Errorf("got %v", bare)
	}
}

func TestTypeErrorTravelsInBounds(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	e := &codec.TypeError{Want: long, Got: long, Raw: msgp.AppendString(nil, long), Err: errors.New(long)}
	for range 2 { // however often
		size := len(e.Raw) + e.Cut
		e = crossed(t, e)
		if len(e.Want) != 1<<10 || len(e.Err.Error()) != 1<<10 || len(e.Raw) != 64<<10 || len(e.Raw)+e.Cut != size || size != len(long)+5 {
			t.Errorf("%d, %d, %d and %d bytes", len(e.Want), len(e.Err.Error()), len(e.Raw), e.Cut)
		}
		if !strings.Contains(e.Error(), "(the first 65536 of 102405 bytes)") {
			t.Errorf("got %v", e)
		}
	}
}

func TestBadTypeErrorIsRefused(t *testing.T) {
	b, err := (&codec.TypeError{Want: "x", Raw: codec.Raw{7}}).MarshalMsg(nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := new(codec.TypeError).UnmarshalMsg(b[:n]); err == nil {
			t.Errorf("%d bytes of %d are enough", n, len(b))
		}
	}
	later := append(bytes.Clone(b), 0x91, 7)
	later[0]++
	if rest, err := new(codec.TypeError).UnmarshalMsg(later); err != nil || len(rest) != 0 {
		t.Errorf("of a later version: %d bytes are left, %v", len(rest), err)
	}
	later[0] -= 2
	if _, err := new(codec.TypeError).UnmarshalMsg(later); err == nil {
		t.Error("too few fields are enough")
	}
}

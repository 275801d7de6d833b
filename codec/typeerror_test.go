package codec_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

func TestTypeErrorSaysWhatWasWantedAndWhatCame(t *testing.T) {
	for name, c := range map[string]struct {
		raw             codec.Raw
		path, kind, got string
	}{
		"another kind":      {row("ten", "x"), "Cents", "int", "str"},
		"another kind, str": {row(10, 5), "Note", "str", "int"},
		"too large":         {row(70000, "x"), "Cents", "", "int 70000, which does not fit 16 bits"},
		"not a map":         {codec.Raw{0x93, 1, 2, 3}, "", "map", "array"},
		"cut short":         {row(10, "xyz")[:12], "", "", "a value that is cut short"},
		"invalid":           {codec.Raw{0x81, 0xa5, 'C', 'e', 'n', 't', 's', 0xc1}, "Cents", "", "byte 0xc1, which begins no value"},
		"more than one":     {append(row(1, "x"), 1, 2), "", "", "map (codec: 2 bytes follow the value)"},
	} {
		err := c.raw.Decode(&ledgerRow{})
		var te *codec.TypeError
		if !errors.As(err, &te) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if te.Path != c.path || te.Kind != c.kind || te.Got != c.got || te.Want != "*codec_test.ledgerRow" {
			t.Errorf("%s: path %q, kind %q, got %q, want %q", name, te.Path, te.Kind, te.Got, te.Want)
		}
		if te.Raw.String() != c.raw.String() || te.Unwrap() == nil {
			t.Errorf("%s: raw value %s, cause %v", name, te.Raw, te.Unwrap())
		}
		if text := err.Error(); !strings.Contains(text, c.got) || !strings.Contains(text, te.Raw.String()) || strings.Contains(text, "\n") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestWrapNamesHandlerAndPath(t *testing.T) {
	err := codec.Wrap("the arguments of bank.Account.Deposit(amount int64, note string)", row("ten", "x"),
		msgp.WrapError(msgp.TypeError{Method: msgp.IntType, Encoded: msgp.StrType}, "rows", 3))
	want := `decoding the arguments of bank.Account.Deposit(amount int64, note string): at rows/3: wanted int, got str; the value is {"Cents": "ten", "Note": "x"}`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestWrapKnowsEveryErrorOfMsgp(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{msgp.ArrayError{Wanted: 3, Got: 4}, "at f: wanted array of 3, got array of 4;"},
		{msgp.UintOverflow{Value: 300, FailedBitsize: 8}, "at f: got uint 300, which does not fit 8 bits;"},
		{msgp.UintBelowZero{Value: -3}, "at f: wanted uint, got int -3;"},
		{msgp.ErrLimitExceeded, "at f: got a length over the limit of the field;"},
		{msgp.ErrRecursion, "at f: got arrays and maps nested too deep;"},
		{errors.New("no such color"), "at f: got int (no such color);"},
	} {
		err := codec.Wrap("x", codec.Raw{7}, msgp.WrapError(c.err, "f"))
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v", c.err, err)
		}
		if bare := codec.Wrap("x", codec.Raw{7}, c.err); strings.Contains(bare.Error(), "at f") {
			t.Errorf("%v: got %v", c.err, bare)
		}
	}
}

func TestWrapKeepsWhatItIsGiven(t *testing.T) {
	if err := codec.Wrap("x", nil, nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	first := codec.Wrap("inner", codec.Raw{1}, msgp.ErrShortBytes)
	if again := codec.Wrap("outer", codec.Raw{2}, fmt.Errorf("field: %w", first)); again.Error() != "field: "+first.Error() {
		t.Errorf("got %v", again)
	}
	if !errors.Is(first, msgp.ErrShortBytes) {
		t.Error("the cause is gone")
	}
	buf := []byte{7}
	err := codec.Wrap("x", buf, msgp.ErrShortBytes)
	buf[0] = 8
	if te := err.(*codec.TypeError); te.Raw.String() != "7" {
		t.Errorf("the error shares memory with the buffer: %s", te.Raw)
	}
}

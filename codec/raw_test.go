package codec_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// ledgerRow is a message as generated code would have it.
type ledgerRow struct {
	Cents int16
	Note  string
}

func (r *ledgerRow) MarshalMsg(b []byte) ([]byte, error) {
	b = msgp.AppendMapHeader(b, 2)
	b = msgp.AppendString(b, "Cents")
	b = msgp.AppendInt16(b, r.Cents)
	b = msgp.AppendString(b, "Note")
	return msgp.AppendString(b, r.Note), nil
}

func (r *ledgerRow) UnmarshalMsg(b []byte) (_ []byte, err error) {
	n, b, err := msgp.ReadMapHeaderBytes(b)
	if err != nil {
		return b, msgp.WrapError(err)
	}
	for ; n > 0; n-- {
		var key []byte
		if key, b, err = msgp.ReadMapKeyZC(b); err != nil {
			return b, msgp.WrapError(err)
		}
		switch string(key) {
		case "Cents":
			r.Cents, b, err = msgp.ReadInt16Bytes(b)
		case "Note":
			r.Note, b, err = msgp.ReadStringBytes(b)
		default:
			b, err = msgp.Skip(b)
		}
		if err != nil {
			return b, msgp.WrapError(err, string(key))
		}
	}
	return b, nil
}

func row(cents, note any) codec.Raw {
	b := msgp.AppendMapHeader(nil, 2)
	b = msgp.AppendString(b, "Cents")
	b, _ = msgp.AppendIntf(b, cents)
	b = msgp.AppendString(b, "Note")
	b, _ = msgp.AppendIntf(b, note)
	return b
}

func TestRawDecodesToWhatWasEncoded(t *testing.T) {
	raw, err := codec.Encode(&ledgerRow{Cents: 7, Note: "rent"})
	if err != nil {
		t.Fatal(err)
	}
	var got ledgerRow
	if err := raw.Decode(&got); err != nil || got != (ledgerRow{7, "rent"}) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if raw.Kind() != "map" {
		t.Errorf("kind %s", raw.Kind())
	}
}

func TestRawTravelsAsItIs(t *testing.T) {
	want := row(7, "rent")
	b, err := want.MarshalMsg([]byte{1})
	if err != nil || len(b) != 1+len(want) || len(want) > want.Msgsize() {
		t.Fatalf("%x, %v", b, err)
	}
	b = append(b, 2, 3)
	var got codec.Raw
	rest, err := got.UnmarshalMsg(b[1:])
	if err != nil || !bytes.Equal(got, want) || !bytes.Equal(rest, []byte{2, 3}) {
		t.Fatalf("got %s and %x, %v", got, rest, err)
	}
	clear(b)
	if !bytes.Equal(got, want) {
		t.Error("a received Raw shares memory with the buffer it came from")
	}
}

func TestZeroRawIsNil(t *testing.T) {
	var r codec.Raw
	b, err := r.MarshalMsg(nil)
	if err != nil || !bytes.Equal(b, []byte{0xc0}) || r.String() != "null" || r.Kind() != "nil" {
		t.Fatalf("%x, %v, %s, %s", b, err, r, r.Kind())
	}
	if err := r.Decode(&ledgerRow{}); err == nil {
		t.Error("nil decoded as a row")
	}
}

func TestRawRefusesWhatIsNotOneValue(t *testing.T) {
	for name, raw := range map[string]codec.Raw{
		"two values":   {1, 2},
		"cut string":   {0xa5, 'a'},
		"cut header":   {0xdb, 0, 0},
		"cut array":    {0xdd, 0xff, 0xff, 0xff, 0xff, 1},
		"cut map":      {0xdf, 0xff, 0xff, 0xff, 0xff, 1},
		"invalid byte": {0xc1},
		"too deep":     bytes.Repeat([]byte{0x91}, codec.MaxNesting+1),
	} {
		if b, err := raw.MarshalMsg(nil); err == nil || len(b) > 0 {
			t.Errorf("%s: encoded as %x", name, b)
		}
		if err := raw.Decode(&ledgerRow{}); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
}

func TestSkipAgreesWithMsgp(t *testing.T) {
	var values []byte
	for _, v := range []any{nil, true, 1, -1, -200, int64(1) << 40, uint64(1) << 63, 1.5, float32(2), "x", strings.Repeat("y", 40),
		strings.Repeat("z", 300), strings.Repeat("w", 70000), []byte("b"), make([]byte, 300), make([]byte, 70000), time.Unix(1, 2),
		[]any{1, []any{"a", nil}, map[string]any{"k": []any{1}}}, make([]any, 20), make([]any, 70000), map[string]any{},
		&msgp.RawExtension{Type: 9, Data: make([]byte, 3)}, &msgp.RawExtension{Type: 9, Data: make([]byte, 8)}, &msgp.RawExtension{Type: 9, Data: make([]byte, 300)},
		&msgp.RawExtension{Type: 9, Data: make([]byte, 70000)}} {
		var err error
		if values, err = msgp.AppendIntf(values, v); err != nil {
			t.Fatal(err)
		}
	}
	for len(values) > 0 {
		want, err := msgp.Skip(values)
		if err != nil {
			t.Fatal(err)
		}
		got, err := codec.Skip(values)
		if err != nil || len(got) != len(want) {
			t.Fatalf("at byte 0x%x: %d bytes left, want %d, %v", values[0], len(got), len(want), err)
		}
		values = want
	}
}

func TestSkipKeepsTheDepthLimit(t *testing.T) {
	nested := append(bytes.Repeat([]byte{0x91}, codec.MaxNesting-1), 0xc0)
	if _, err := codec.Skip(nested); err != nil {
		t.Errorf("%d levels: %v", codec.MaxNesting-1, err)
	}
	nested = append(bytes.Repeat([]byte{0x91}, codec.MaxNesting), 0xc0)
	if _, err := codec.Skip(nested); !errors.Is(err, codec.ErrDepth) {
		t.Errorf("%d levels: %v", codec.MaxNesting, err)
	}
}

func TestRawIsReadable(t *testing.T) {
	when, _ := msgp.AppendIntf(nil, time.Date(2026, 11, 20, 1, 2, 3, 0, time.UTC))
	ext, _ := msgp.AppendIntf(nil, &msgp.RawExtension{Type: 9, Data: []byte{1, 2}})
	list, _ := msgp.AppendIntf(nil, []any{1, -2, 1.5, true, nil, []byte{1, 2}})
	for _, c := range []struct {
		raw  codec.Raw
		want string
	}{
		{row(-700, "rent \"and\"\n"), `{"Cents": -700, "Note": "rent \"and\"\n"}`},
		{list, `[1, -2, 1.5, true, null, 0x0102]`},
		{when, `2026-11-20T01:02:03Z`},
		{ext, `ext(0xd5090102)`},
		{codec.Raw{0x80}, `{}`},
		{codec.Raw{0x90}, `[]`},
		{codec.Raw{0x92, 1}, `[1, <cut short>`},
		{codec.Raw{0xd9, 200, 'a'}, `<cut short>`},
		{codec.Raw{0x92, 1, 0xc1}, `[1, <invalid byte 0xc1>`},
		{codec.Raw{1, 2, 3}, `1 <and 2 more bytes>`},
		{codec.Raw{0xa2, 0xff, 'a'}, `"\xffa"`},
	} {
		if got := c.raw.String(); got != c.want {
			t.Errorf("%x: got %s, want %s", []byte(c.raw), got, c.want)
		}
	}
}

func TestLongRawIsCut(t *testing.T) {
	long := codec.Raw(msgp.AppendString(nil, strings.Repeat("é", 500)))
	if got := long.String(); !strings.HasSuffix(got, `é"...`) || len(got) > 130 {
		t.Errorf("got %s", got)
	}
	var many codec.Raw = msgp.AppendArrayHeader(nil, 1000)
	for range 1000 {
		many = msgp.AppendInt(many, 12345)
	}
	if got := many.String(); len(got) > codec.MaxText || !strings.HasSuffix(got, "...") || !strings.HasPrefix(got, "[12345, 12345, ") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
	if got := codec.Raw(bytes.Repeat([]byte{0x91}, 100)).String(); !strings.HasSuffix(got, "<nested too deep>") {
		t.Errorf("got %s", got)
	}
}

func FuzzRawString(f *testing.F) {
	f.Add([]byte(row(7, "rent")))
	f.Add([]byte{0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0})
	f.Add([]byte{0xc7, 12, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte{0xc1})
	f.Add(bytes.Repeat([]byte{0x81}, 70))
	f.Fuzz(func(t *testing.T, b []byte) {
		raw := codec.Raw(b)
		if got := raw.String(); len(got) > codec.MaxText {
			t.Fatalf("%d bytes: %s", len(got), got)
		}
		raw.Kind()
		mine, err := codec.Skip(b)
		theirs, theirErr := msgp.Skip(b)
		if err == nil && (theirErr != nil || len(mine) != len(theirs)) {
			t.Fatalf("skipped to %d left; msgp to %d left, %v", len(mine), len(theirs), theirErr)
		}
		if err != nil && theirErr == nil && !errors.Is(err, codec.ErrDepth) {
			t.Fatalf("refused with %v what msgp skips", err)
		}
		if out, err := raw.MarshalMsg(nil); err == nil {
			var again codec.Raw
			if rest, err := again.UnmarshalMsg(out); err != nil || len(rest) > 0 || (len(raw) > 0 && !bytes.Equal(again, raw)) {
				t.Fatalf("%x came back as %x, %v", b, []byte(again), err)
			}
		}
	})
}

func TestRawsAreEqualByPayload(t *testing.T) {
	one, two := codec.Raw(msgp.AppendInt(nil, 1)), codec.Raw(msgp.AppendInt(nil, 2))
	if !one.Equal(codec.Raw(msgp.AppendInt(nil, 1))) || one.Equal(two) || one.Equal(nil) {
		t.Error("equality is not that of the payloads")
	}
	if !codec.Raw(nil).Equal(codec.Raw(msgp.AppendNil(nil))) {
		t.Error("a nil Raw is not an encoded nil")
	}
}

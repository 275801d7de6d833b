package codec_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// A word encodes itself in every way but by appending; some it refuses.
type word string

var errWord = errors.New("refused")

func (w word) MarshalText() ([]byte, error) {
	if w == "bad" {
		return nil, errWord
	}
	return []byte(w), nil
}

func (w *word) UnmarshalText(b []byte) error {
	if *w = word(b); *w == "bad" {
		return errWord
	}
	return nil
}

func (w word) MarshalBinary() ([]byte, error)  { return w.MarshalText() }
func (w *word) UnmarshalBinary(b []byte) error { return w.UnmarshalText(b) }
func (w word) MarshalJSON() ([]byte, error)    { return []byte(`"` + w + `"`), nil }
func (w *word) UnmarshalJSON(b []byte) error   { return json.Unmarshal(b, (*string)(w)) }

// An appender is a word that appends itself, or breaks its word.
type appender struct {
	word
	cuts bool
}

func (a appender) AppendText(b []byte) ([]byte, error) {
	switch {
	case a.cuts:
		return b[:0], nil
	case a.word == "bad":
		return append(b, "half"...), errWord
	}
	return append(b, a.word...), nil
}

func (a appender) AppendBinary(b []byte) ([]byte, error) { return a.AppendText(b) }

func TestValuesThatEncodeThemselves(t *testing.T) {
	before := []byte{1, 2, 3}
	for _, w := range []word{"", "x", word(strings.Repeat("y", 255)), word(strings.Repeat("z", 256)), word(strings.Repeat("!", 70_000))} {
		for name, f := range map[string]struct {
			write func([]byte) ([]byte, error)
			read  func([]byte, *word) ([]byte, error)
		}{
			"text":            {func(b []byte) ([]byte, error) { return codec.AppendText(b, w) }, func(b []byte, w *word) ([]byte, error) { return codec.ReadText(b, w) }},
			"text in place":   {func(b []byte) ([]byte, error) { return codec.AppendText(b, appender{word: w}) }, func(b []byte, w *word) ([]byte, error) { return codec.ReadText(b, w) }},
			"binary":          {func(b []byte) ([]byte, error) { return codec.AppendBinary(b, w) }, func(b []byte, w *word) ([]byte, error) { return codec.ReadBinary(b, w) }},
			"binary in place": {func(b []byte) ([]byte, error) { return codec.AppendBinary(b, appender{word: w}) }, func(b []byte, w *word) ([]byte, error) { return codec.ReadBinary(b, w) }},
			"json":            {func(b []byte) ([]byte, error) { return codec.AppendJSON(b, w) }, func(b []byte, w *word) ([]byte, error) { return codec.ReadJSON(b, w) }},
		} {
			b, err := f.write(before)
			if err != nil || string(b[:3]) != string(before) {
				t.Fatalf("%s of %d bytes: %v", name, len(w), err)
			}
			b = append(b, 9)
			if rest, err := msgp.Skip(b[3:]); err != nil || len(rest) != 1 {
				t.Errorf("%s of %d bytes: not one value of msgpack: %v", name, len(w), err)
			}
			got := word("old")
			if rest, err := f.read(b[3:], &got); err != nil || len(rest) != 1 || got != w {
				t.Errorf("%s of %d bytes came back as %d: %v", name, len(w), len(got), err)
			}
			if _, err := f.read(b[3:len(b)-2], &got); err == nil && len(w) > 0 {
				t.Errorf("%s of %d bytes is read though it is cut", name, len(w))
			}
		}
	}
}

func TestValuesThatFailToEncodeThemselves(t *testing.T) {
	before := []byte{1, 2, 3}
	for want, f := range map[string]func() ([]byte, error){
		"codec_test.word: MarshalText: refused":      func() ([]byte, error) { return codec.AppendText(before, word("bad")) },
		"codec_test.word: MarshalBinary: refused":    func() ([]byte, error) { return codec.AppendBinary(before, word("bad")) },
		"codec_test.appender: AppendText: refused":   func() ([]byte, error) { return codec.AppendText(before, appender{word: "bad"}) },
		"codec_test.appender: AppendBinary: what it": func() ([]byte, error) { return codec.AppendBinary(before, appender{cuts: true}) },
	} {
		b, err := f()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
		if string(b) != string(before) {
			t.Errorf("%s: the buffer is %v", want, b)
		}
	}
}

func TestValuesThatFailToDecodeThemselves(t *testing.T) {
	text := func(s string) []byte { return msgp.AppendString(nil, s) }
	bytes := func(s string) []byte { return msgp.AppendBytes(nil, []byte(s)) }
	long := strings.Repeat("x", codec.MaxBytes+1)
	for want, f := range map[string]func() ([]byte, error){
		"codec_test.word: UnmarshalText: refused":      func() ([]byte, error) { return codec.ReadText(text("bad"), new(word)) },
		"codec_test.word: UnmarshalBinary: refused":    func() ([]byte, error) { return codec.ReadBinary(bytes("bad"), new(word)) },
		"codec_test.word: not valid JSON":              func() ([]byte, error) { return codec.ReadJSON(bytes("{"), new(word)) },
		"codec_test.word: UnmarshalJSON: json: cannot": func() ([]byte, error) { return codec.ReadJSON(bytes("7"), new(word)) },
		"limit":               func() ([]byte, error) { return codec.ReadText(text(long), new(word)) },
		"attempted to decode": func() ([]byte, error) { return codec.ReadBinary(msgp.AppendInt(nil, 7), new(word)) },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// What the standard library has goes in place, without allocations of its own.
func TestAppendersDoNotAllocate(t *testing.T) {
	b := make([]byte, 0, 1000)
	addr, number, u := netip.MustParseAddr("10.0.0.1"), big.NewInt(1<<40), &url.URL{Host: "x"}
	if n := testing.AllocsPerRun(100, func() { codec.AppendBinary(b, &addr) }); n > 0 {
		t.Errorf("%v allocations for a netip.Addr", n)
	}
	for _, f := range []func() ([]byte, error){
		func() ([]byte, error) { return codec.AppendText(b, number) },
		func() ([]byte, error) { return codec.AppendBinary(b, u) },
	} {
		if _, err := f(); err != nil {
			t.Error(err)
		}
	}
}

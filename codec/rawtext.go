package codec

import (
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"
)

const cutMark = "..." // stands for what was left out of a text

// String returns the value as text of at most MaxText bytes, close to JSON: {"name": "Ann", "data": 0x0102, "n": 3}.
// Whatever is too long is cut, and says so with "..."; what is not MessagePack ends as <invalid> or <cut short>.
func (r Raw) String() string {
	if len(r) == 0 {
		return "null"
	}
	t := textWriter{limit: MaxText - len(cutMark)}
	if rest, ok := t.value(r, 0); ok && len(rest) > 0 {
		t.add(" <and " + strconv.Itoa(len(rest)) + " more bytes>")
	}
	return string(t.out)
}

// A textWriter renders values until limit bytes are written.
type textWriter struct {
	out   []byte
	limit int
	full  bool
}

// add appends s, or the mark if it does not fit. It tells whether there is room for more.
func (t *textWriter) add(s string) bool {
	if t.full {
		return false
	}
	if len(t.out)+len(s) > t.limit {
		t.out = append(t.out, cutMark...)
		t.full = true
		return false
	}
	t.out = append(t.out, s...)
	return true
}

// value renders the first value in b. It returns what follows, and false when the text is to end.
func (t *textWriter) value(b []byte, depth int) ([]byte, bool) {
	size, inside, err := header(b)
	switch {
	case len(b) > 0 && err != nil && err != msgp.ErrShortBytes:
		t.add("<invalid byte 0x" + strconv.FormatUint(uint64(b[0]), 16) + ">")
		return nil, false
	case err != nil || uint64(len(b)) < size:
		t.add("<cut short>")
		return nil, false
	case depth == MaxDepth:
		t.add("<nested too deep>")
		return nil, false
	}
	switch msgp.NextType(b) {
	case msgp.ArrayType:
		return t.array(b[size:], inside, depth)
	case msgp.MapType:
		return t.mapping(b[size:], inside/2, depth)
	}
	return b[size:], t.add(scalar(b[:size]))
}

func (t *textWriter) array(b []byte, n uint64, depth int) ([]byte, bool) {
	ok := t.add("[")
	for i := uint64(0); ok && i < n; i++ {
		if i > 0 && !t.add(", ") {
			return nil, false
		}
		b, ok = t.value(b, depth+1)
	}
	return b, ok && t.add("]")
}

func (t *textWriter) mapping(b []byte, n uint64, depth int) ([]byte, bool) {
	ok := t.add("{")
	for i := uint64(0); ok && i < n; i++ {
		if i > 0 && !t.add(", ") {
			return nil, false
		}
		if b, ok = t.value(b, depth+1); ok && t.add(": ") {
			b, ok = t.value(b, depth+1)
		}
	}
	return b, ok && t.add("}")
}

// scalar renders a whole value that holds no others. Long ones are cut.
func scalar(b []byte) string {
	const longest = 120 // of a string or blob: several should fit a text
	switch msgp.NextType(b) {
	case msgp.NilType:
		return "null"
	case msgp.BoolType:
		v, _, _ := msgp.ReadBoolBytes(b)
		return strconv.FormatBool(v)
	case msgp.IntType:
		if v, _, err := msgp.ReadInt64Bytes(b); err == nil {
			return strconv.FormatInt(v, 10)
		}
	case msgp.UintType:
		if v, _, err := msgp.ReadUint64Bytes(b); err == nil {
			return strconv.FormatUint(v, 10)
		}
	case msgp.Float32Type, msgp.Float64Type:
		if v, _, err := msgp.ReadFloat64Bytes(b); err == nil {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
	case msgp.StrType:
		if v, _, err := msgp.ReadStringZC(b); err == nil {
			return quoted(v, longest)
		}
	case msgp.BinType:
		if v, _, err := msgp.ReadBytesZC(b); err == nil {
			return blob(v, longest)
		}
	case msgp.TimeType:
		if v, _, err := msgp.ReadTimeBytes(b); err == nil {
			return v.UTC().Format(time.RFC3339Nano)
		}
	}
	return "ext(" + blob(b, longest) + ")"
}

// quoted renders text, which need not be UTF-8.
func quoted(v []byte, longest int) string {
	if len(v) <= longest {
		return strconv.Quote(string(v))
	}
	end := longest
	for end > longest-utf8.UTFMax && !utf8.RuneStart(v[end]) {
		end--
	}
	return strconv.Quote(string(v[:end])) + cutMark
}

func blob(v []byte, longest int) string {
	if len(v) <= longest/2 {
		return "0x" + hex.EncodeToString(v)
	}
	return "0x" + hex.EncodeToString(v[:longest/2]) + cutMark
}

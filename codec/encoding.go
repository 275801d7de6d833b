package codec

import (
	"encoding"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/tinylib/msgp/msgp"
)

// What values whose size is not known beforehand are taken to need, in bytes: a guess that saves many a second
// allocation.
const (
	BinarySize = 64
	TextSize   = 64
	NestedSize = 128 // of a recursive type
)

// A form is how a value is written that has its length before it: in one byte, or in four.
type form struct{ short, long byte }

var (
	binForm = form{0xc4, 0xc6}
	strForm = form{0xd9, 0xdb}
)

// AppendBinary appends what v makes of itself, as bytes. With an error b is returned as it was.
func AppendBinary(b []byte, v encoding.BinaryMarshaler) ([]byte, error) {
	if a, ok := v.(encoding.BinaryAppender); ok {
		out, err := binForm.append(b, a.AppendBinary)
		if err != nil {
			return b, fmt.Errorf("%T: AppendBinary: %w", v, err)
		}
		return out, nil
	}
	own, err := v.MarshalBinary()
	if err != nil {
		return b, fmt.Errorf("%T: MarshalBinary: %w", v, err)
	}
	return msgp.AppendBytes(b, own), nil
}

// AppendText appends what v makes of itself, as a string. With an error b is returned as it was.
func AppendText(b []byte, v encoding.TextMarshaler) ([]byte, error) {
	if a, ok := v.(encoding.TextAppender); ok {
		out, err := strForm.append(b, a.AppendText)
		if err != nil {
			return b, fmt.Errorf("%T: AppendText: %w", v, err)
		}
		return out, nil
	}
	own, err := v.MarshalText()
	if err != nil {
		return b, fmt.Errorf("%T: MarshalText: %w", v, err)
	}
	return msgp.AppendStringFromBytes(b, own), nil
}

// append has a value appended in place. Its length is known only afterwards, and most are short.
func (f form) append(b []byte, add func([]byte) ([]byte, error)) ([]byte, error) {
	const short, long = 2, 5
	at := len(b)
	out, err := add(append(b, f.long, 0, 0, 0, 0))
	if err != nil {
		return nil, err
	}
	n := len(out) - at - long
	switch {
	case n < 0 || uint64(n) > math.MaxUint32:
		return nil, fmt.Errorf("what it returned is %d bytes longer than what it was given", len(out)-at-long)
	case n <= math.MaxUint8:
		out[at], out[at+1] = f.short, byte(n)
		copy(out[at+short:], out[at+long:])
		return out[:at+short+n], nil
	}
	binary.BigEndian.PutUint32(out[at+1:], uint32(n))
	return out, nil
}

// ReadBinary passes the bytes at the start of b to v, and returns the rest. It accepts MaxBytes of them at most.
func ReadBinary(b []byte, v encoding.BinaryUnmarshaler) ([]byte, error) {
	return ReadEncoded(b, func(own []byte) error {
		if err := v.UnmarshalBinary(own); err != nil {
			return fmt.Errorf("%T: UnmarshalBinary: %w", v, err)
		}
		return nil
	})
}

// ReadText passes the string at the start of b to v, and returns the rest. It accepts MaxBytes of it at most.
func ReadText(b []byte, v encoding.TextUnmarshaler) ([]byte, error) {
	return readOwn(b, msgp.ReadStringZC, func(own []byte) error {
		if err := v.UnmarshalText(own); err != nil {
			return fmt.Errorf("%T: UnmarshalText: %w", v, err)
		}
		return nil
	})
}

// AppendJSON appends what v makes of itself, as bytes. With an error b is returned as it was.
func AppendJSON(b []byte, v json.Marshaler) ([]byte, error) {
	own, err := v.MarshalJSON()
	if err != nil {
		return b, fmt.Errorf("%T: MarshalJSON: %w", v, err)
	}
	return msgp.AppendBytes(b, own), nil
}

// ReadJSON passes the bytes at the start of b to v, if they are valid JSON, and returns the rest. It accepts MaxBytes of
// them at most.
func ReadJSON(b []byte, v json.Unmarshaler) ([]byte, error) {
	return ReadEncoded(b, func(own []byte) error {
		if !json.Valid(own) {
			return fmt.Errorf("%T: not valid JSON", v)
		}
		if err := v.UnmarshalJSON(own); err != nil {
			return fmt.Errorf("%T: UnmarshalJSON: %w", v, err)
		}
		return nil
	})
}

// AppendEncoded appends what add appends, as bytes: protocol buffers for one. With an error b is returned as it was.
func AppendEncoded(b []byte, add func([]byte) ([]byte, error)) ([]byte, error) {
	out, err := binForm.append(b, add)
	if err != nil {
		return b, err
	}
	return out, nil
}

// ReadEncoded passes the bytes at the start of b to read, and returns the rest. It accepts MaxBytes of them at most.
func ReadEncoded(b []byte, read func([]byte) error) ([]byte, error) {
	return readOwn(b, msgp.ReadBytesZC, read)
}

// readOwn passes what cut takes from the start of b to read, and returns the rest.
func readOwn(b []byte, cut func([]byte) (own, rest []byte, err error), read func([]byte) error) ([]byte, error) {
	own, rest, err := cut(b)
	if err != nil {
		return b, err
	}
	if len(own) > MaxBytes {
		return b, msgp.ErrLimitExceeded
	}
	if err := read(own); err != nil {
		return b, err
	}
	return rest, nil
}

package codec

import (
	"bytes"
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// A Raw is one encoded MessagePack value, kept until somebody knows its type. It can be a field of a message.
// Decoding makes a copy: a received Raw shares memory with nothing. The zero value stands for nil.
type Raw []byte

// Encode returns v encoded.
func Encode(v msgp.Marshaler) (Raw, error) {
	b, err := v.MarshalMsg(nil)
	if err != nil {
		return nil, fmt.Errorf("codec: encoding %T: %w", v, err)
	}
	return b, nil
}

// Decode decodes the value into v. It fails with a *TypeError if the value has another shape, or is not exactly one.
func (r Raw) Decode(v msgp.Unmarshaler) error {
	b := []byte(r)
	if len(b) == 0 {
		b = []byte{0xc0}
	}
	rest, err := v.UnmarshalMsg(b)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("codec: %d bytes follow the value", len(rest))
	}
	if err != nil {
		return Wrap(fmt.Sprintf("%T", v), b, err)
	}
	return nil
}

// Equal tells whether both are the same payload. A nil Raw is an encoded nil.
func (r Raw) Equal(other Raw) bool {
	encoded := func(r Raw) []byte {
		if len(r) == 0 {
			return msgp.AppendNil(nil)
		}
		return r
	}
	return bytes.Equal(encoded(r), encoded(other))
}

// MarshalMsg appends the value as it is. It fails if r is not exactly one value.
func (r Raw) MarshalMsg(b []byte) ([]byte, error) {
	if len(r) == 0 {
		return msgp.AppendNil(b), nil
	}
	rest, err := Skip(r)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("codec: %d bytes follow the value", len(rest))
	}
	if err != nil {
		return b, fmt.Errorf("codec: a raw payload must be exactly one MessagePack value: %w", err)
	}
	return append(b, r...), nil
}

// UnmarshalMsg makes r a copy of the first value in b, and returns what follows it.
func (r *Raw) UnmarshalMsg(b []byte) ([]byte, error) {
	rest, err := Skip(b)
	if err != nil {
		return b, err
	}
	*r = append(Raw(nil), b[:len(b)-len(rest)]...)
	return rest, nil
}

// Msgsize is an upper bound of the encoded size in bytes.
func (r Raw) Msgsize() int { return max(1, len(r)) }

// Kind names the kind of the value: nil, bool, int, uint, float, str, bin, array, map, time, ext, or invalid.
func (r Raw) Kind() string {
	if len(r) == 0 {
		return "nil"
	}
	return kindName(msgp.NextType(r))
}

// kindName maps msgp's types, which are about Go, to the kinds of MessagePack.
func kindName(t msgp.Type) string {
	switch t {
	case msgp.NilType:
		return "nil"
	case msgp.BoolType:
		return "bool"
	case msgp.IntType:
		return "int"
	case msgp.UintType:
		return "uint"
	case msgp.Float32Type, msgp.Float64Type:
		return "float"
	case msgp.NumberType:
		return "number"
	case msgp.StrType:
		return "str"
	case msgp.BinType:
		return "bin"
	case msgp.ArrayType:
		return "array"
	case msgp.MapType:
		return "map"
	case msgp.TimeType:
		return "time"
	case msgp.DurationType:
		return "duration"
	case msgp.ExtensionType, msgp.Complex64Type, msgp.Complex128Type:
		return "ext"
	}
	return "invalid"
}

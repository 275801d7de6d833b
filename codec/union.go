package codec

import (
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// A union is an array of two: the name of the type that it holds, and the value; or nil if it holds nothing.

// AppendNone appends a union that holds nothing.
func AppendNone(b []byte) []byte { return msgp.AppendNil(b) }

// AppendVariant appends what comes before the value of a union.
func AppendVariant(b []byte, name string) []byte {
	return msgp.AppendString(msgp.AppendArrayHeader(b, 2), name)
}

// ReadVariant reads what comes before the value of a union: the name of its type, in place, or "" if it holds nothing.
func ReadVariant(b []byte) (name, rest []byte, err error) {
	if msgp.IsNil(b) {
		rest, err = msgp.ReadNilBytes(b)
		return nil, rest, err
	}
	n, rest, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil {
		return nil, b, err
	}
	if n != 2 {
		return nil, b, msgp.ArrayError{Wanted: 2, Got: n}
	}
	name, rest, err = msgp.ReadStringZC(rest)
	if err == nil && len(name) == 0 {
		err = errors.New("a union without the name of its type")
	}
	return name, rest, err
}

// NotVariant is the error for a value that a union must not hold.
func NotVariant(value any, union, variants string) error {
	return fmt.Errorf("a %T is none of the types of %s: %s", value, union, variants)
}

// NoVariant is the error for the name of a type that a union does not have.
func NoVariant(name []byte, union, variants string) error {
	return fmt.Errorf("%.40q is none of the types of %s: %s", name, union, variants)
}

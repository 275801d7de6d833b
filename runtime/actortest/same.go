package actortest

import (
	"bytes"
	"encoding"
	"encoding/json"
)

// SameBinary tells whether two values encode themselves to the same bytes; with an error they do not. Generated comparisons use it.
func SameBinary(a, b encoding.BinaryMarshaler) bool { return same(a.MarshalBinary, b.MarshalBinary) }

// SameText is SameBinary for values that encode themselves as text.
func SameText(a, b encoding.TextMarshaler) bool { return same(a.MarshalText, b.MarshalText) }

// SameJSON is SameBinary for values that encode themselves as JSON.
func SameJSON(a, b json.Marshaler) bool { return same(a.MarshalJSON, b.MarshalJSON) }

func same(a, b func() ([]byte, error)) bool {
	x, errX := a()
	y, errY := b()
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

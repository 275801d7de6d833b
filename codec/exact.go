package codec

import "github.com/tinylib/msgp/msgp"

// ReadExactBytes reads a byte string of exactly the length of into from the start of b, and returns the rest. It fails with a
// msgp.ArrayError if the length is another, and with msgp.ErrShortBytes if b ends first. Generated code calls it for arrays of
// bytes.
func ReadExactBytes(b, into []byte) ([]byte, error) {
	n, rest, err := msgp.ReadBytesHeader(b)
	switch {
	case err != nil:
		return b, err
	case n != uint32(len(into)):
		return b, msgp.ArrayError{Wanted: uint32(len(into)), Got: n}
	case uint32(len(rest)) < n:
		return b, msgp.ErrShortBytes
	}
	return rest[copy(into, rest):], nil
}

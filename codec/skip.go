package codec

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// ErrDepth is returned for a value with arrays or maps nested deeper than MaxNesting, or than MaxDepth if it is raw.
var ErrDepth = errors.New("codec: arrays and maps nested too deep")

// nestingSlack is what may lie around a recursive value in its message, and in its innermost parts.
const nestingSlack = 64

// CheckNesting is ErrDepth for a recursive value at a depth that a message should not have: it goes on for too long, or for
// ever since it contains itself. Generated code calls it before it encodes one.
func CheckNesting(depth int) error {
	if depth > MaxNesting-nestingSlack {
		return fmt.Errorf("%w, or in a circle: more than %d levels", ErrDepth, MaxNesting-nestingSlack)
	}
	return nil
}

// Skip returns what follows the first value in b. Unlike msgp.Skip it does not recurse, and refuses values that are
// nested deeper than MaxNesting with ErrDepth. A value that is cut short is msgp.ErrShortBytes.
func Skip(b []byte) ([]byte, error) {
	var usual [64]uint64         // as deep as people nest
	left := append(usual[:0], 1) // values still to come at each level
	for {
		for left[len(left)-1] == 0 {
			if left = left[:len(left)-1]; len(left) == 0 {
				return b, nil
			}
		}
		left[len(left)-1]--
		size, inside, err := header(b)
		if err != nil {
			return b, err
		}
		if uint64(len(b)) < size {
			return b, msgp.ErrShortBytes
		}
		b = b[size:]
		if inside > 0 {
			if inside > uint64(len(b)) { // a value takes a byte at least
				return b, msgp.ErrShortBytes
			}
			if len(left) == MaxNesting {
				return b, fmt.Errorf("%w: more than %d levels", ErrDepth, MaxNesting-1)
			}
			left = append(left, inside)
		}
	}
}

// header returns how many bytes the value at the start of b takes, and how many values inside it follow those.
func header(b []byte) (size, inside uint64, err error) {
	if len(b) == 0 {
		return 0, 0, msgp.ErrShortBytes
	}
	lead := b[0]
	switch {
	case lead <= 0x7f || lead >= 0xe0: // small integers
		return 1, 0, nil
	case lead <= 0x8f:
		return 1, 2 * uint64(lead&0x0f), nil
	case lead <= 0x9f:
		return 1, uint64(lead & 0x0f), nil
	case lead <= 0xbf:
		return 1 + uint64(lead&0x1f), 0, nil
	}
	length := func(bytes int) (uint64, error) {
		if len(b) < 1+bytes {
			return 0, msgp.ErrShortBytes
		}
		switch bytes {
		case 1:
			return uint64(b[1]), nil
		case 2:
			return uint64(binary.BigEndian.Uint16(b[1:])), nil
		}
		return uint64(binary.BigEndian.Uint32(b[1:])), nil
	}
	var n uint64
	switch lead {
	case 0xc0, 0xc2, 0xc3: // nil, false, true
		return 1, 0, nil
	case 0xcc, 0xd0:
		return 2, 0, nil
	case 0xcd, 0xd1:
		return 3, 0, nil
	case 0xce, 0xd2, 0xca:
		return 5, 0, nil
	case 0xcf, 0xd3, 0xcb:
		return 9, 0, nil
	case 0xc4, 0xd9: // bin, str
		n, err = length(1)
		return 2 + n, 0, err
	case 0xc5, 0xda:
		n, err = length(2)
		return 3 + n, 0, err
	case 0xc6, 0xdb:
		n, err = length(4)
		return 5 + n, 0, err
	case 0xc7: // ext, with a byte for its type
		n, err = length(1)
		return 3 + n, 0, err
	case 0xc8:
		n, err = length(2)
		return 4 + n, 0, err
	case 0xc9:
		n, err = length(4)
		return 6 + n, 0, err
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8: // ext of 1, 2, 4, 8, 16 bytes
		return 2 + 1<<(lead-0xd4), 0, nil
	case 0xdc:
		n, err = length(2)
		return 3, n, err
	case 0xdd:
		n, err = length(4)
		return 5, n, err
	case 0xde:
		n, err = length(2)
		return 3, 2 * n, err
	case 0xdf:
		n, err = length(4)
		return 5, 2 * n, err
	}
	return 0, 0, msgp.InvalidPrefixError(lead)
}

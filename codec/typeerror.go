package codec

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tinylib/msgp/msgp"
)

// A TypeError tells that a payload is not what its receiver wanted: of another kind, too large for the type, over a
// limit, or cut short. It ends the call or message that the payload belongs to, never the connection it came over.
type TypeError struct {
	// Want says what was to be decoded: a Go type, or a handler and its arguments.
	Want string
	// From says who sent it: an actor in another proc, or a proc. Empty if that is not known.
	From string
	// Path says where in it the trouble is: "amount", "Tags/color", "Rows/3/Note". Empty if it is the value as a
	// whole, or if the decoder cannot tell.
	Path string
	// Kind is the MessagePack kind wanted at Path (int, str, array and so on). Empty if the kind was right.
	Kind string
	// Got says what was found there: a kind, or a kind and what is wrong with the value.
	Got string
	// Raw is the payload as a whole, a copy. Its String is readable, its Decode tries another type.
	Raw Raw
	// Cut is the number of bytes that are left out at the end of Raw: of an error that came from another proc, which brings
	// 64 KiB at most.
	Cut int
	// Err is the decoder's error.
	Err error
}

// Error returns one line: what was to be decoded, who sent it, where, what was found, and the value.
func (e *TypeError) Error() string {
	var b strings.Builder
	b.WriteString("decoding " + e.Want)
	if e.From != "" {
		b.WriteString(", sent by " + e.From)
	}
	b.WriteString(": ")
	if e.Path != "" {
		b.WriteString("at " + e.Path + ": ")
	}
	if e.Kind != "" {
		b.WriteString("wanted " + e.Kind + ", ")
	}
	b.WriteString("got " + e.Got + "; the value is " + e.Raw.String())
	if e.Cut > 0 {
		fmt.Fprintf(&b, " (the first %d of %d bytes)", len(e.Raw), len(e.Raw)+e.Cut)
	}
	return b.String()
}

// Unwrap returns the decoder's error.
func (e *TypeError) Unwrap() error { return e.Err }

// Wrap makes a *TypeError of the error of a decoder; nil if err is nil. want says what was to be decoded from raw,
// which is copied. An err that is a *TypeError already is returned as it is.
func Wrap(want string, raw []byte, err error) error {
	if err == nil {
		return nil
	}
	if known := (*TypeError)(nil); errors.As(err, &known) {
		return err
	}
	e := &TypeError{Want: want, Raw: append(Raw(nil), raw...), Err: err}
	e.describe()
	return e
}

// describe sets Path, Kind and Got from Err.
func (e *TypeError) describe() {
	cause := msgp.Cause(e.Err)
	var (
		kind    msgp.TypeError
		array   msgp.ArrayError
		integer msgp.IntOverflow
		natural msgp.UintOverflow
		below   msgp.UintBelowZero
		prefix  msgp.InvalidPrefixError
	)
	switch {
	case errors.As(cause, &kind):
		e.Kind, e.Got = kindName(kind.Method), kindName(kind.Encoded)
		e.path(msgp.TypeError{Method: kind.Method, Encoded: kind.Encoded})
	case errors.As(cause, &array):
		e.Kind, e.Got = fmt.Sprintf("array of %d", array.Wanted), fmt.Sprintf("array of %d", array.Got)
		e.path(msgp.ArrayError{Wanted: array.Wanted, Got: array.Got})
	case errors.As(cause, &integer):
		e.Got = fmt.Sprintf("int %d, which does not fit %d bits", integer.Value, integer.FailedBitsize)
		e.path(msgp.IntOverflow{Value: integer.Value, FailedBitsize: integer.FailedBitsize})
	case errors.As(cause, &natural):
		e.Got = fmt.Sprintf("uint %d, which does not fit %d bits", natural.Value, natural.FailedBitsize)
		e.path(msgp.UintOverflow{Value: natural.Value, FailedBitsize: natural.FailedBitsize})
	case errors.As(cause, &below):
		e.Kind, e.Got = "uint", fmt.Sprintf("int %d", below.Value)
		e.path(msgp.UintBelowZero{Value: below.Value})
	case errors.As(cause, &prefix):
		e.Got = fmt.Sprintf("byte 0x%x, which begins no value", byte(prefix))
		e.path(cause)
	case errors.Is(cause, msgp.ErrShortBytes):
		e.Got = "a value that is cut short"
	case errors.Is(cause, msgp.ErrLimitExceeded):
		e.Got = "a length over the limit of the field"
		e.path(cause)
	case errors.Is(cause, msgp.ErrRecursion), errors.Is(cause, ErrDepth):
		e.Got = "arrays and maps nested too deep"
		e.path(cause)
	default:
		e.Got = e.Raw.Kind() + " (" + cause.Error() + ")"
		e.path(cause)
	}
}

// path takes the path out of the text of Err: msgp keeps it nowhere else. bare is the same error without one.
func (e *TypeError) path(bare error) {
	if at, ok := strings.CutPrefix(e.Err.Error(), bare.Error()+" at "); ok {
		e.Path = at
	}
}

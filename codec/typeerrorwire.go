package codec

import (
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// Of a TypeError that crosses to another proc, so much travels.
const (
	maxTravellingRaw  = 64 << 10
	maxTravellingText = 1 << 10
)

// ActorErrorID is the name under which a TypeError travels: errors.As finds it in whichever proc the call was made.
func (*TypeError) ActorErrorID() string { return "github.com/actorgen/actorgen/codec.TypeError" }

// MarshalMsg appends the error as an array. Of Raw at most 64 KiB travel.
func (e *TypeError) MarshalMsg(b []byte) ([]byte, error) {
	cause := ""
	if e.Err != nil {
		cause = e.Err.Error()
	}
	b = msgp.AppendArrayHeader(b, 8)
	for _, s := range []string{e.Want, e.From, e.Path, e.Kind, e.Got, cause} {
		b = msgp.AppendString(b, s[:min(len(s), maxTravellingText)])
	}
	raw := e.Raw[:min(len(e.Raw), maxTravellingRaw)]
	b = msgp.AppendBytes(b, raw)
	return msgp.AppendUint32(b, uint32(e.Cut+len(e.Raw)-len(raw))), nil
}

// UnmarshalMsg reads the error. Of its Err the text is left.
func (e *TypeError) UnmarshalMsg(b []byte) ([]byte, error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err == nil && n < 8 {
		err = msgp.ArrayError{Wanted: 8, Got: n}
	}
	var cause string
	for _, s := range []*string{&e.Want, &e.From, &e.Path, &e.Kind, &e.Got, &cause} {
		if err == nil {
			*s, b, err = msgp.ReadStringBytes(b)
		}
	}
	var raw []byte
	if err == nil {
		raw, b, err = msgp.ReadBytesBytes(b, nil)
	}
	if err == nil {
		var left uint32
		left, b, err = msgp.ReadUint32Bytes(b)
		e.Cut = int(left)
	}
	for ; n > 8 && err == nil; n-- { // of a later version
		b, err = Skip(b)
	}
	if err != nil {
		return b, fmt.Errorf("codec: reading a TypeError: %w", err)
	}
	e.Raw, e.Err = raw, errors.New(cause)
	return b, nil
}

// Msgsize is an upper bound of the encoded size in bytes.
func (e *TypeError) Msgsize() int {
	return msgp.ArrayHeaderSize + 6*(msgp.StringPrefixSize+maxTravellingText) + msgp.BytesPrefixSize + min(len(e.Raw), maxTravellingRaw) + msgp.Uint32Size
}

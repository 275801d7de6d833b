package actor

import (
	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// GenNothing encodes a part that a session does without, as an empty tuple.
func GenNothing() GenCodec[struct{}] {
	return GenCodec[struct{}]{
		Append: func(b []byte, _ struct{}) ([]byte, error) { return msgp.AppendArrayHeader(b, 0), nil },
		Decode: func(b []byte, _ *Proc) (struct{}, error) {
			_, err := codec.Skip(b)
			return struct{}{}, err
		},
	}
}

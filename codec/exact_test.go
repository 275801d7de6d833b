package codec_test

import (
	"errors"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

func TestReadExactBytesTakesAllOrNothing(t *testing.T) {
	t.Parallel()
	whole := append(msgp.AppendBytes(nil, []byte{1, 2, 3}), 0xc0)
	var into [3]byte
	rest, err := codec.ReadExactBytes(whole, into[:])
	if err != nil || len(rest) != 1 || into != [3]byte{1, 2, 3} {
		t.Error(rest, into, err)
	}
	for n := range len(whole) - 1 {
		if _, err := codec.ReadExactBytes(whole[:n], into[:]); !errors.Is(err, msgp.ErrShortBytes) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	var more [4]byte
	if _, err := codec.ReadExactBytes(whole, more[:]); !errors.As(err, &msgp.ArrayError{}) {
		t.Error(err)
	}
}

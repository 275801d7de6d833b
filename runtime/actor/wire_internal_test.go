package actor

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// What a later version may have added to a ref or a port is skipped, but no deeper than any message goes.
func TestDeepRestOfARefIsRefused(t *testing.T) {
	to := target{address: "unix:///run/x.sock#p", name: "name"}
	ref, err := newRef(nil, to).MarshalMsg(nil)
	if err != nil {
		t.Fatal(err)
	}
	port, err := Port[string]{wirePort[string]{to: GenPortRef{Ref: newRef(nil, to), Handler: 1}}}.MarshalMsg(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		b    []byte
		read func(b []byte) ([]byte, error)
	}{
		"ref": {ref, new(GenRef).UnmarshalMsg}, "port": {port, new(Port[string]).UnmarshalMsg},
	} {
		c.b[0]++ // one item more
		if rest, err := c.read(msgp.AppendInt(bytes.Clone(c.b), 7)); err != nil || len(rest) != 0 {
			t.Errorf("%s: %d bytes are left, %v", name, len(rest), err)
		}
		deep := append(bytes.Clone(c.b), bytes.Repeat([]byte{0x91}, 1<<20)...)
		if _, err := c.read(deep); !errors.Is(err, codec.ErrDepth) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

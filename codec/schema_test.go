package codec_test

import (
	"testing"

	"github.com/actorgen/actorgen/codec"
)

// The numbers are part of the wire: a change here breaks every pair of procs of different age.
func TestIDsAreTheSameForever(t *testing.T) {
	for _, tc := range []struct {
		what string
		got  uint64
		want uint64
	}{
		{"handler", codec.ID("example.com/bank.Account.Deposit"), 0x86691a82202e01c8},
		{"schema", codec.SchemaID("(int64, string) int64"), 0x3a02c722e1a82e37},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %#x, want %#x", tc.what, tc.got, tc.want)
		}
	}
}

func TestIDsOfHandlersAndSchemasAreApart(t *testing.T) {
	if codec.ID("x") == codec.SchemaID("x") {
		t.Error("the id of a handler and of a schema of the same text are equal")
	}
	if codec.ID("") == 0 || codec.SchemaID("") == 0 {
		t.Error("an id is 0")
	}
}

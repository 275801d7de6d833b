package load

import (
	"testing"
	"unsafe"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The generator lays out work cells without the runtime at hand. It has to know how large a ref is.
func TestSizeOfRefs(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(actor.GenRef{}); size != refSize {
		t.Errorf("actor.GenRef has %d bytes, the generator reckons with %d", size, refSize)
	}
}

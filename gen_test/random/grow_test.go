package random_test

import (
	"fmt"
	"go/format"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/actorgen/actorgen/gen_test/random"
)

// A seed gives the same case each time, and what it gives is Go.
func TestGrowIsRepeatable(t *testing.T) {
	t.Parallel()
	for n := range uint64(300) {
		name := fmt.Sprint("r", n)
		files := random.Grow("gen.test/grown", name, n).Files()
		if diff := cmp.Diff(files, random.Grow("gen.test/grown", name, n).Files()); diff != "" {
			t.Fatalf("seed %d: %s", n, diff)
		}
		for path, src := range files {
			if _, err := format.Source([]byte(src)); err != nil {
				t.Errorf("seed %d, %s: %v\n%s", n, path, err, src)
			}
		}
	}
}

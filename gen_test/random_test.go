package gen_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/gen_test/random"
)

var (
	randomCount = flag.Int("random", 25, "how many random packages TestRandomPackages makes")
	seed        = flag.Uint64("seed", 1, "what the first random package, or mutant, is made from; the others follow")
)

// batchSize is how many random packages are run together at most.
const batchSize = 200

// TestRandomPackages grows packages from a grammar, generates them, sees that a second run changes nothing, compiles and vets
// them, and calls their handlers with random values. What fails is made smaller and kept: random/kept is run each time.
func TestRandomPackages(t *testing.T) {
	t.Parallel()
	var all []*random.Source
	kept, err := filepath.Glob("random/kept/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range kept {
		s, err := random.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	for i := range *randomCount {
		n := *seed + uint64(i)
		all = append(all, random.Grow(random.Module+"/"+random.Grown, fmt.Sprintf("r%d", n), n).Write())
	}
	// Batches of one size, and as many at once as tests may run: while one is generated or linked, another is compiled.
	var minimised atomic.Int32
	count := (len(all) + batchSize - 1) / batchSize
	for batch := range slices.Chunk(all, (len(all)+count-1)/count) {
		t.Run(batch[0].Name, func(t *testing.T) {
			t.Parallel()
			failed, err := newBatch(t).Run(batch)
			if err != nil {
				t.Error(err)
			}
			for s, failure := range failed {
				t.Errorf("%s (-seed %d -random 1): %s", s.Name, s.Seed, failure)
				if s.Case != nil && minimised.Add(1) <= 3 {
					keep(t, s.Case, failure)
				}
			}
		})
	}
}

// keep makes a case that fails smaller, and keeps it.
func keep(t *testing.T, c *random.Case, failure random.Failure) {
	b := newBatch(t)
	name := fmt.Sprintf("k%d", c.Seed)
	c.Move(random.Module+"/"+random.Kept, name)
	tried := random.Minimise(c, 150, func(c *random.Case) bool {
		s := c.Write()
		failed, err := b.Run([]*random.Source{s})
		return err == nil && failed[s].Kind() == failure.Kind()
	})
	file := filepath.Join("random", "kept", name+".txtar")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, c.Write().Archive(failure.Kind()), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("made smaller in %d tries, and kept as %s: give it the name of what it shows", tried, file)
}

func newBatch(t *testing.T) *random.Batch {
	dir := t.TempDir()
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return &random.Batch{Dir: dir, Root: root, Tests: 1}
}

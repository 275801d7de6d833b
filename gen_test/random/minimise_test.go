package random_test

import (
	"strings"
	"testing"

	"github.com/actorgen/actorgen/gen_test/random"
)

// What is left is what makes the case fail, and hardly more.
func TestMinimise(t *testing.T) {
	t.Parallel()
	sizes := func(c *random.Case) (packages, lines int) {
		for _, src := range c.Files() {
			lines += strings.Count(src, "\n")
		}
		return len(c.Packages), lines
	}
	for _, what := range []string{" ...", "map[", "//actor:union", "oneway", "limit="} {
		found := 0
		for seed := range uint64(100) {
			c := random.Grow("gen.test/grown", "r", seed)
			fails := func(c *random.Case) bool {
				for name, src := range c.Files() {
					if !strings.HasSuffix(name, "calls.go") && strings.Contains(src, what) {
						return true
					}
				}
				return false
			}
			if !fails(c) {
				continue
			}
			found++
			tried := random.Minimise(c, 5000, fails)
			packages, lines := sizes(c)
			if !fails(c) || packages > 2 || lines > 90 || tried == 5000 {
				t.Errorf("%q, seed %d: %d packages and %d lines after %d tries:\n%v", what, seed, packages, lines, tried, c.Files())
			}
		}
		if found < 10 {
			t.Errorf("only %d cases have %q", found, what)
		}
	}
}

// A predicate that nothing fulfils leaves the case as it is.
func TestMinimiseUndoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		c := random.Grow("gen.test/grown", "r", seed)
		before := c.Files()
		random.Minimise(c, 10_000, func(*random.Case) bool { return false })
		for name, src := range c.Files() {
			if src != before[name] {
				t.Errorf("seed %d: %s has changed", seed, name)
			}
		}
	}
}

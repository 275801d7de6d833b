package gen_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFeatures generates all feature cases in one run, sees that a second run changes nothing, and then builds, vets and
// tests them as their own module, fixtures included.
func TestFeatures(t *testing.T) {
	t.Parallel()
	m := newModule(t, "features/*.txtar")
	if code, _, stderr := m.actorgen("./..."); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	before := m.snapshot(t)
	if code, _, stderr := m.actorgen("-check", "./..."); code != 0 {
		t.Errorf("-check after generating: exit code %d:\n%s", code, stderr)
	}
	if code, _, stderr := m.actorgen("./..."); code != 0 {
		t.Errorf("second run: exit code %d:\n%s", code, stderr)
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("the second run changed files (-before +after):\n%s", diff)
	}
	test := exec.Command("go", "test", "-trimpath", "-vet=all", "-ldflags=-s -w", "./...")
	test.Dir = m.dir
	test.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	out, err := test.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "no test files") && !strings.HasPrefix(line, "ok ") {
			t.Log(strings.TrimRight(line, "\n"))
		}
	}
	if err != nil {
		t.Errorf("go test of what was generated: %v", err)
	}
}

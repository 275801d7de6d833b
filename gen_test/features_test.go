package gen_test

import (
	"os"
	"os/exec"
	"path"
	"slices"
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
	m.run(t, "vet", "./...")
	m.run(t, "test", append([]string{"-vet=off", "-ldflags=-s -w"}, m.tested()...)...)
}

// tested returns the packages that the cases have tests of their own for, and some of those whose tests are generated: linking
// is what takes the time, and they are alike.
func (m *module) tested() []string {
	found := []string{"./messages/messagestest", "./errortypes/errortypestest", "./refs/refstest", "./twopackages/bank/banktest"}
	for _, c := range m.cases {
		for name := range c.files {
			if dir := "./" + path.Join(c.name, path.Dir(name)); strings.HasSuffix(name, "_test.go") && !slices.Contains(found, dir) {
				found = append(found, dir)
			}
		}
	}
	slices.Sort(found)
	return found
}

// run runs the go command in the module. Paths are trimmed, so that what has not changed since the last run is cached; and
// code is not optimized, which takes longer than it gains here.
func (m *module) run(t *testing.T, command string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{command, "-trimpath", "-gcflags=gen.test/...=-N -l"}, args...)...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "no test files") && !strings.HasPrefix(line, "ok ") {
			t.Log(strings.TrimRight(line, "\n"))
		}
	}
	if err != nil {
		t.Errorf("go %s of what was generated: %v", command, err)
	}
}

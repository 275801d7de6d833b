package gen_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/internal/check"
	"github.com/actorgen/actorgen/internal/generate"
)

var update = flag.Bool("update", false, "write what the generator says into the cases of errors/")

// TestErrors runs the generator once over a module of all error cases, and compares what it says of each with the case's
// file stderr, in which paths are relative to the case.
func TestErrors(t *testing.T) {
	t.Parallel()
	m := newModule(t, "errors/*.txtar")
	before := m.snapshot(t)
	code, stdout, stderr := m.actorgen("./...")
	if code != 1 || stdout != "" {
		t.Errorf("exit code %d and %q on standard output, want 1 and nothing", code, stdout)
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("a failing run changed files (-before +after):\n%s", diff)
	}
	said := map[string]string{}
	for line := range strings.Lines(stderr) {
		name, rest, ok := strings.Cut(line, "/")
		if !ok {
			t.Errorf("a line that belongs to no case: %s", line)
		}
		said[name] += rest
	}
	for _, c := range m.cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.files["stderr"], said[c.name]); diff != "" {
				t.Errorf("what it says is not what the case wants (-want +got):\n%s", diff)
				if *update {
					rewrite(t, c.name, said[c.name])
				}
			}
		})
	}
}

// TestEveryRuleHasACase looks for rules that no case breaks.
func TestEveryRuleHasACase(t *testing.T) {
	t.Parallel()
	m := newModule(t, "errors/*.txtar")
	plan, err := generate.Make(m.dir, []string{"./..."}, generate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string]bool{}
	for _, p := range plan.Problems {
		broken[p.Rule] = true
	}
	for _, r := range check.Rules() {
		if !broken[r.Name] {
			t.Errorf("no case breaks rule %s", r.Name)
		}
	}
}

// rewrite puts what the generator says into a case.
func rewrite(t *testing.T, name, stderr string) {
	path := filepath.Join("errors", name+".txtar")
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range a.Files {
		if f.Name == "stderr" {
			a.Files = append(a.Files[:i], a.Files[i+1:]...)
			break
		}
	}
	a.Files = append(a.Files, txtar.File{Name: "stderr", Data: []byte(stderr)})
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

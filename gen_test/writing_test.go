package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/actorgen/actorgen/internal/generate"
)

// contents are the files of the module without the times at which they were written.
func (m *module) contents(t *testing.T) map[string]string {
	files := m.snapshot(t)
	for path, content := range files {
		_, files[path], _ = strings.Cut(content, "\n")
	}
	return files
}

// A run that cannot write a file says which; those before it are whole, those after it as they were, and nothing else is left.
func TestWriteThatFailsInTheMiddle(t *testing.T) {
	t.Parallel()
	for what, obstruct := range map[string]func(t *testing.T, m *module){
		"a file where the fixtures' folder should be": func(t *testing.T, m *module) { m.write(t, "shop/shoptest", "mine") },
		"a folder where a file should be":             func(t *testing.T, m *module) { m.write(t, "shop/shoptest/actor_gen.go/mine", "mine") },
	} {
		t.Run(what, func(t *testing.T) {
			m := newShop(t)
			plan, err := generate.Make(m.dir, []string{"./shop"}, generate.Options{})
			if err != nil || len(plan.Problems) > 0 || len(plan.Write) != len(shopFiles) {
				t.Fatalf("%v, %+v", err, plan)
			}
			obstruct(t, m)
			err = plan.Apply()
			if err == nil || !strings.Contains(err.Error(), filepath.FromSlash("shoptest/actor_gen.go")) {
				t.Errorf("the error does not name the file: %v", err)
			}
			due := map[string]string{}
			for _, f := range plan.Write {
				due[f.Path] = string(f.Content)
			}
			written := 0
			for path, content := range m.contents(t) {
				if strings.HasPrefix(filepath.Base(path), ".actorgen-") {
					t.Errorf("%s was left behind", path)
				}
				if want, ok := due[path]; ok {
					written++
					if content != want {
						t.Errorf("%s is not whole", path)
					}
				}
			}
			if written != 2 {
				t.Errorf("%d files are written, not the two before the obstacle", written)
			}
			if err := os.RemoveAll(filepath.Join(m.dir, "shop/shoptest")); err != nil {
				t.Fatal(err)
			}
			m.mustRun(t, "./shop")
			m.mustRun(t, "-check", "./shop")
			m.has(t, shopFiles...)
		})
	}
}

// Whatever number of its files a run has written when it is killed, the next one writes the rest. The file that it was about to
// write has another name, which nothing reads.
func TestRunThatWasKilled(t *testing.T) {
	t.Parallel()
	whole := newShop(t)
	whole.mustRun(t, "./shop")
	for n := range shopFiles {
		m := newShop(t)
		plan, err := generate.Make(m.dir, []string{"./shop"}, generate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		plan.Write = plan.Write[:n]
		if err := plan.Apply(); err != nil {
			t.Fatal(err)
		}
		m.write(t, "shop/.actorgen-1", "package shop\n\nfunc half(")
		m.mustRun(t, "./shop")
		for _, file := range shopFiles {
			if diff := cmp.Diff(read(t, filepath.Join(whole.dir, file)), read(t, filepath.Join(m.dir, file))); diff != "" {
				t.Errorf("killed after %d files, %s (-whole +mended):\n%s", n, file, diff)
			}
		}
	}
}

// The go command leaves a file with NUL bytes out of its package, and the compiler refuses whoever imports that: so does the generator, where the file is.
func TestFileThatTheGoCommandCannotReadIsAProblem(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.write(t, "shop/junk.go", "package shop\n\x00")
	code, _, stderr := m.actorgen("./shop")
	if want := filepath.FromSlash("shop/junk.go") + ":1:1: unexpected NUL in input: correct the syntax first"; code != 1 || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, and not %q: %s", code, want, stderr)
	}
}

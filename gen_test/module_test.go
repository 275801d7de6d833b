// Package gen_test runs the generator on whole packages: one txtar file for each feature and for each error.
package gen_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/internal/generate"
)

// A module is a Go module in a temporary folder that uses this checkout.
type module struct {
	dir   string
	cases []testCase
}

// A testCase is one txtar file: a package, or several, in a folder of its own.
type testCase struct {
	name  string
	files map[string]string // by path in the case's folder
}

// newModule writes the cases of a folder, which the pattern names, as packages of one module: gen.test/<case>.
func newModule(t *testing.T, pattern string) *module {
	t.Helper()
	m := &module{dir: t.TempDir()}
	// A folder below a symbolic link would make the go command report other paths than these.
	if dir, err := filepath.EvalSymlinks(m.dir); err == nil {
		m.dir = dir
	}
	m.useCheckout(t, ".", "module gen.test")
	archives, err := filepath.Glob(pattern)
	if err != nil || len(archives) == 0 {
		t.Fatalf("no cases in %s: %v", pattern, err)
	}
	for _, archive := range archives {
		a, err := txtar.ParseFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		c := testCase{name: strings.TrimSuffix(filepath.Base(archive), ".txtar"), files: map[string]string{}}
		for _, f := range a.Files {
			c.files[f.Name] = string(f.Data)
			if f.Name != "stderr" {
				m.write(t, filepath.Join(c.name, f.Name), string(f.Data))
			}
		}
		m.cases = append(m.cases, c)
	}
	return m
}

// useCheckout writes a go.mod into a folder: the lines given, and what it takes to use this checkout.
func (m *module) useCheckout(t *testing.T, dir, lines string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	_, mod, _ := strings.Cut(read(t, filepath.Join(root, "go.mod")), "\n")
	m.write(t, filepath.Join(dir, "go.mod"), lines+"\n"+mod+
		"\nrequire github.com/actorgen/actorgen v0.0.0\n\nreplace github.com/actorgen/actorgen => "+root+"\n")
	m.write(t, filepath.Join(dir, "go.sum"), read(t, filepath.Join(root, "go.sum")))
}

// write writes a file of the module.
func (m *module) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// actorgen runs the command in the module's folder.
func (m *module) actorgen(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = generate.Command(m.dir, args, &out, &err)
	return code, out.String(), err.String()
}

// snapshot returns the content of every file of the module, and when it was written.
func (m *module) snapshot(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.Walk(m.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		files[path] = info.ModTime().String() + "\n" + read(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

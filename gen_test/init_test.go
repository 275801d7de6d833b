package gen_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/actorgen/actorgen/internal/scaffold"
)

// initFiles are the files of the project, generated ones included.
var initFiles = []string{
	"README.md", "go.mod", "go.sum", "main.go", "customer.go", "customer_test.go",
	"stock/item.go", "stock/warehouse.go", "stock/warehouse_test.go", "stock/actor_gen.go", "stock/actor_msgp_gen.go",
	"stock/stocktest/actor_gen.go", "stock/stocktest/actor_gen_test.go",
}

// newFolder makes a folder with nothing but these files.
func newFolder(t *testing.T, files map[string]string) *module {
	t.Helper()
	m := &module{dir: t.TempDir()}
	if dir, err := filepath.EvalSymlinks(m.dir); err == nil { // as the go command reports it
		m.dir = dir
	}
	for name, content := range files {
		m.write(t, name, content)
	}
	return m
}

// init runs "actorgen init" in the folder, for this checkout.
func (m *module) init(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	var out, errors bytes.Buffer
	code = scaffold.Command(m.dir, append([]string{"-replace", root}, args...), &out, &errors)
	return code, out.String(), errors.String()
}

func TestInitMakesAModule(t *testing.T) {
	t.Parallel()
	m := newFolder(t, nil)
	code, stdout, stderr := m.init(t, "hello")
	if code != 0 || stderr != "" || !strings.Contains(stdout, "module example.com/hello:\n\tREADME.md\n") ||
		!strings.HasSuffix(stdout, "Next:\n\tcd hello\n\tgo test ./...\n\tgo run .\n") {
		t.Fatalf("exit code %d, %s\n%s", code, stdout, stderr)
	}
	got := map[string]bool{}
	for path := range m.snapshot(t) {
		rel, err := filepath.Rel(filepath.Join(m.dir, "hello"), path)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.ToSlash(rel)] = true
		if src := read(t, path); strings.HasSuffix(path, ".go") {
			if formatted, err := format.Source([]byte(src)); err != nil || string(formatted) != src {
				t.Errorf("%s is not as gofmt has it: %v", rel, err)
			}
		}
	}
	want := map[string]bool{}
	for _, name := range initFiles {
		want[name] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the project's files (-want +got):\n%s", diff)
	}
	m.dir = filepath.Join(m.dir, "hello")
	m.mustRun(t, "-check", "./...")
	if mod := read(t, filepath.Join(m.dir, "go.mod")); !strings.Contains(mod, "module example.com/hello\n") || !strings.Contains(mod, "tool github.com/actorgen/actorgen/cmd/actorgen\n") {
		t.Errorf("go.mod:\n%s", mod)
	}

	before := m.snapshot(t)
	code, _, stderr = m.init(t, ".")
	if code != 1 || !strings.Contains(stderr, "there is Go code in "+m.dir+" already, customer.go: choose another folder") {
		t.Errorf("the second time: exit code %d, %s", code, stderr)
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("the second time changed files:\n%s", diff)
	}
}

// In a module that is there the project becomes packages of it.
func TestInitAddsToAModule(t *testing.T) {
	t.Parallel()
	m := newFolder(t, map[string]string{
		"go.mod":              "module example.com/old\n\ngo 1.20\n",
		"old.go":              "package old\n",
		"cmd/hello/README.md": "Mine.\n",
	})
	code, stdout, stderr := m.init(t, "cmd/hello")
	if code != 0 || !strings.Contains(stdout, "package example.com/old/cmd/hello, of the module in "+m.dir) {
		t.Fatalf("exit code %d, %s\n%s", code, stdout, stderr)
	}
	if text := read(t, filepath.Join(m.dir, "cmd/hello/README.md")); text != "Mine.\n" {
		t.Errorf("the README has been overwritten:\n%s", text)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "cmd/hello/go.mod")); !os.IsNotExist(err) {
		t.Errorf("a go.mod of its own: %v", err)
	}
	m.mustRun(t, "-check", "./...")
	m.run(t, "vet", "./...")

	// The module has actorgen now, and keeps it as it is.
	mod := read(t, filepath.Join(m.dir, "go.mod"))
	if code, _, stderr := m.init(t, "second"); code != 0 {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	if diff := cmp.Diff(mod, read(t, filepath.Join(m.dir, "go.mod"))); diff != "" {
		t.Errorf("go.mod has changed:\n%s", diff)
	}
}

// What init refuses, and what it fails at, leaves everything as it was.
func TestInitRefuses(t *testing.T) {
	t.Parallel()
	old := map[string]string{"go.mod": "module example.com/old\n\ngo 1.26\n"}
	with := func(name, content string) map[string]string {
		return map[string]string{"go.mod": old["go.mod"], name: content}
	}
	for name, tc := range map[string]struct {
		files map[string]string
		args  []string
		code  int
		says  string
	}{
		"no folder":      {nil, nil, 2, `name the folder to write to, as in actorgen init hello: "actorgen init -h" tells how to use it`},
		"two folders":    {nil, []string{"a", "b"}, 2, `"b" is one argument too many: `},
		"unknown flag":   {nil, []string{"a", "-name", "b"}, 2, "flag provided but not defined: -name"},
		"help":           {nil, []string{"-h"}, 0, "usage: actorgen init [flags] DIR"},
		"a file":         {map[string]string{"a": ""}, []string{"a"}, 1, "a is a file: name a folder"},
		"below a file":   {map[string]string{"a": ""}, []string{"a/b"}, 1, "a is a file: name a folder"},
		"Go code":        {map[string]string{"a/b.go": "package b\n"}, []string{"a"}, 1, "a already, b.go: choose another folder"},
		"its package":    {map[string]string{"a/stock/notes": ""}, []string{"a"}, 1, "a/stock is there already, with notes: "},
		"a file there":   {map[string]string{"a/stock": ""}, []string{"a"}, 1, "a/stock is a file, and init would write a package there: "},
		"a bad name":     {nil, []string{"a b"}, 1, `"a b" makes no module path: name one with -module`},
		"a bad path":     {nil, []string{"a", "-module", "example.com/a b"}, 1, `-module: malformed import path "example.com/a b": invalid char ' ': write one such as example.com/shop`},
		"two modules":    {old, []string{".", "-module", "example.com/a"}, 1, "has a go.mod already: leave out -module"},
		"no module":      {map[string]string{"go.mod": "go 1.26\n"}, []string{"a"}, 1, "go.mod names no module: correct it first"},
		"a bad go.mod":   {map[string]string{"go.mod": "modul a\n"}, []string{"a"}, 1, "go.mod:1: unknown directive: modul"},
		"testdata":       {old, []string{"a/testdata/b"}, 1, "the go command leaves out folders called testdata: "},
		"a hidden one":   {old, []string{".a"}, 1, "the go command leaves out folders called .a: "},
		"a bad package":  {old, []string{"a b"}, 1, `malformed import path "example.com/old/a b": invalid char ' ': choose another name for the folder`},
		"vendoring":      {with("vendor/modules.txt", ""), []string{"a"}, 1, "module example.com/old keeps its dependencies in a vendor folder"},
		"actorgen":       {map[string]string{"go.mod": "module github.com/actorgen/actorgen\n"}, []string{"a"}, 1, "a is inside actorgen itself: choose a folder outside"},
		"a workspace":    {map[string]string{"go.work": "go 1.26\n"}, []string{"a"}, 1, "go.work, which does not know the new module: set GOWORK=off for init"},
		"no checkout":    {nil, []string{"a", "-replace", "."}, 1, "there is no checkout of github.com/actorgen/actorgen in that folder"},
		"a broken one":   {map[string]string{"x/go.mod": "module github.com/actorgen/actorgen\n"}, []string{"a", "-replace", "x"}, 1, "github.com/actorgen/actorgen/cmd/actorgen\n"},
		"a broken one 2": {map[string]string{"go.mod": old["go.mod"], "go.sum": "", "x/go.mod": "module github.com/actorgen/actorgen\n"}, []string{"a", "-replace", "x"}, 1, "nothing was written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newFolder(t, tc.files)
			before := m.snapshot(t)
			code, stdout, stderr := m.init(t, tc.args...)
			if code != tc.code || stdout != "" || !strings.Contains(filepath.ToSlash(stderr), tc.says) {
				t.Errorf("exit code %d, %q, %s", code, stdout, stderr)
			}
			if diff := cmp.Diff(contents(before), contents(m.snapshot(t))); diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
			if _, err := os.Stat(filepath.Join(m.dir, "a")); tc.files["a"] == "" && len(tc.files) == 0 && err == nil {
				t.Error("an empty folder was left behind")
			}
		})
	}
}

// contents drops the times from a snapshot.
func contents(snapshot map[string]string) map[string]string {
	found := map[string]string{}
	for path, s := range snapshot {
		_, found[path], _ = strings.Cut(s, "\n")
	}
	return found
}

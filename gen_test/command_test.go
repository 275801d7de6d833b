package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop is a package with an actor and a message.
const shop = `package shop

import "context"

// Shop is an actor.
//
//actor:actor
type Shop struct{}

// Order is a message.
//
//actor:message
type Order struct{ Items []string }

//actor:handler oneway
func (Shop) Put(ctx context.Context, o Order, n int) {}

//actor:handler inline
func (Shop) Count(ctx context.Context) (int, error) { return 0, nil }

//actor:handler oneway
func (Shop) Fill(ctx context.Context, a, b, c, d string) {}
`

// shopFiles are the files that are generated for it.
var shopFiles = []string{"shop/actor_gen.go", "shop/actor_msgp_gen.go", "shop/shoptest/actor_gen.go", "shop/shoptest/actor_gen_test.go"}

// newShop writes the package into a module of its own.
func newShop(t *testing.T) *module {
	m := newModule(t, "features/kit.txtar")
	m.write(t, "shop/shop.go", shop)
	return m
}

func (m *module) mustRun(t *testing.T, args ...string) {
	t.Helper()
	if code, _, stderr := m.actorgen(args...); code != 0 {
		t.Fatalf("actorgen %s: exit code %d:\n%s", strings.Join(args, " "), code, stderr)
	}
}

// has compares the generated files there are with those there should be.
func (m *module) has(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for path := range m.snapshot(t) {
		if strings.Contains(filepath.Base(path), "_gen") {
			rel, err := filepath.Rel(m.dir, path)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.ToSlash(rel))
		}
	}
	sorted := cmp.Transformer("sort", func(list []string) map[string]bool {
		set := map[string]bool{}
		for _, s := range list {
			set[s] = true
		}
		return set
	})
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("generated files (-want +got):\n%s", diff)
	}
}

func TestCheckNamesStaleFilesAndWritesNothing(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	before := m.snapshot(t)
	code, stdout, stderr := m.actorgen("-check", "./...")
	want := ""
	for _, file := range shopFiles {
		want += file + ": not up to date: run go generate\n"
	}
	if code != 1 || stdout != "" || stderr != want {
		t.Errorf("exit code %d, %q,\n%s", code, stdout, stderr)
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("-check changed files:\n%s", diff)
	}
	m.mustRun(t, "./...")
	m.mustRun(t, "-check", "./...")
	m.write(t, "shop/shop.go", strings.Replace(shop, "Items []string", "Items []string; Note string", 1))
	code, _, stderr = m.actorgen("-check", "./...")
	if code != 1 || strings.Contains(stderr, "shoptest/actor_gen_test.go") || !strings.Contains(stderr, "shop/actor_msgp_gen.go: not up to date") {
		t.Errorf("exit code %d,\n%s", code, stderr)
	}
}

func TestOnlyWhatChangedIsWritten(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.mustRun(t, "./...")
	m.has(t, shopFiles...)
	before := m.snapshot(t)
	m.write(t, "shop/shop.go", strings.Replace(shop, "func (Shop) Count", "// Count counts.\nfunc (Shop) Count", 1))
	m.mustRun(t, "./...")
	after := m.snapshot(t)
	for _, file := range shopFiles {
		path := filepath.Join(m.dir, file)
		if changed := before[path] != after[path]; changed != (file == "shop/actor_gen.go") {
			t.Errorf("%s: written %t", file, changed)
		}
	}
	info, err := os.Stat(filepath.Join(m.dir, shopFiles[0]))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestFailingRunLeavesFilesAsTheyWere(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.mustRun(t, "./...")
	m.write(t, "shop/shop.go", strings.Replace(shop, "a, b, c, d string", "a, b, c string", 1))
	m.write(t, "other/other.go", "package other\n\n//actor:handler\nfunc F() {}\n")
	before := m.snapshot(t)
	if code, _, stderr := m.actorgen("./..."); code != 1 || !strings.HasPrefix(stderr, "other/other.go:3:1: ") {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("a failing run changed files:\n%s", diff)
	}
}

func TestFilesThatAreNoLongerDueAreRemoved(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.mustRun(t, "./...")
	m.mustRun(t, "-fixtures=false", "./...")
	m.has(t, shopFiles[:2]...)
	if _, err := os.Stat(filepath.Join(m.dir, "shop/shoptest")); !os.IsNotExist(err) {
		t.Errorf("the empty folder of fixtures is there: %v", err)
	}

	m.mustRun(t, "./...")
	m.write(t, "shop/shoptest/mine.go", "package shoptest\n")
	m.write(t, "shop/shop.go", "package shop\n\n//actor:message\ntype Order struct{}\n")
	m.mustRun(t, "./...")
	m.has(t, shopFiles...)
	m.write(t, "shop/shop.go", "package shop\n")
	code, _, stderr := m.actorgen("-check", "./...")
	if code != 1 || strings.Count(stderr, ": no longer due: run go generate\n") != 4 {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
	m.mustRun(t, "./shop")
	m.has(t)
	if _, err := os.Stat(filepath.Join(m.dir, "shop/shoptest/mine.go")); err != nil {
		t.Errorf("the user's file is gone: %v", err)
	}
}

func TestFilesOfOthersAreNotOverwritten(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.write(t, "shop/actor_gen.go", "package shop\n\n// Mine was written by hand.\ntype Mine struct{}\n")
	before := m.snapshot(t)
	code, _, stderr := m.actorgen("./...")
	if code != 1 || !strings.Contains(stderr, "actor_gen.go was not written by actorgen: rename it") {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("files changed:\n%s", diff)
	}
}

func TestVerboseTellsWhatWasFound(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	code, stdout, stderr := m.actorgen("-v", "./shop")
	want := `package gen.test/shop: 1 actor, 1 serializer, 0 error variables
	actor Shop: 3 handlers, work cells of 32 bytes
		cast   Put
		call   Count (inline)
		cast   Fill (in a frame: its arguments do not fit into the cell)
wrote shop/actor_gen.go
wrote shop/actor_msgp_gen.go
wrote shop/shoptest/actor_gen.go
wrote shop/shoptest/actor_gen_test.go
`
	if diff := cmp.Diff(want, stdout); code != 0 || diff != "" || stderr != "" {
		t.Errorf("exit code %d, %s\n%s", code, stderr, diff)
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	for _, tc := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"-version"}, 0, "actorgen v", ""},
		{[]string{"-h"}, 0, "", "usage: actorgen [flags] [packages]"},
		{[]string{"-wrong"}, 2, "", "flag provided but not defined: -wrong"},
		{[]string{"./nowhere"}, 1, "", "actorgen: "},
		{[]string{"gen.test/nowhere"}, 1, "", "actorgen: "},
		{[]string{"gen.test/none/..."}, 1, "", "actorgen: no package matches gen.test/none/..."},
	} {
		code, stdout, stderr := m.actorgen(tc.args...)
		if code != tc.code || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%v: exit code %d, %q, %q", tc.args, code, stdout, stderr)
		}
	}
	m.has(t)
}

// go generate runs the command for one package after another, in the order of their names: those that others import may come
// last. What comes out must be what one run for all gives.
func TestPackagesOneByOne(t *testing.T) {
	t.Parallel()
	together, apart := newModule(t, "features/*e*.txtar"), newModule(t, "features/*e*.txtar")
	together.mustRun(t, "./...")
	for _, pkg := range []string{"./errortypes", "./messages", "./refs", "./refs/other", "./several", "./twopackages/bank", "./twopackages/money", "./twopackages/only"} {
		apart.mustRun(t, pkg)
	}
	for path := range apart.snapshot(t) {
		if !strings.Contains(filepath.Base(path), "_gen") || strings.Contains(path, "stale") {
			continue
		}
		rel, err := filepath.Rel(apart.dir, path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read(t, filepath.Join(together.dir, rel)), read(t, path)); diff != "" {
			t.Errorf("%s (-together +one by one):\n%s", rel, diff)
		}
	}
	if _, err := os.Stat(filepath.Join(apart.dir, "twopackages/only/actor_gen.go")); err != nil {
		t.Error(err)
	}
}

// A problem of a package that was not asked for is not told, and nothing is written for it.
func TestImportedPackagesAreReadOnly(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.write(t, "shop/part/part.go", `package part

//actor:message
type Part struct{ Name string }

//actor:message colour=red
type Bad struct{ F func() }
`)
	m.write(t, "shop/shop.go", strings.Replace(strings.Replace(shop, `import "context"`, `import (
	"context"

	"gen.test/shop/part"
)`, 1), "Items []string", "Items []part.Part", 1))
	m.mustRun(t, "./shop")
	m.has(t, shopFiles...)
	if code, _, stderr := m.actorgen("./shop/part"); code != 1 || strings.Count(stderr, "shop/part/part.go:") != 2 {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
}

func TestDiffPrintsWhatWouldChange(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	code, stdout, stderr := m.actorgen("-diff", "./...")
	for _, file := range shopFiles {
		if !strings.Contains(stdout, "--- /dev/null\n+++ b/"+file+"\n") {
			t.Errorf("nothing about the new file %s in\n%.2000s", file, stdout)
		}
	}
	if code != 0 || stderr != "" {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	m.mustRun(t, "./...")
	before := m.snapshot(t)
	if code, stdout, _ := m.actorgen("-diff", "-check", "./..."); code != 0 || stdout != "" {
		t.Errorf("with nothing to change: exit code %d,\n%s", code, stdout)
	}
	m.write(t, "shop/shop.go", strings.Replace(shop, "func (Shop) Count", "// Count counts.\nfunc (Shop) Count", 1))
	code, stdout, stderr = m.actorgen("-diff", "-check", "./...")
	for _, want := range []string{"--- a/shop/actor_gen.go\n+++ b/shop/actor_gen.go\n@@ ", "\n+\t// Count counts.\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	if code != 1 || stderr != "shop/actor_gen.go: not up to date: run go generate\n" || strings.Contains(stdout, "msgp") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	m.write(t, "shop/shop.go", "package shop\n")
	if code, stdout, _ = m.actorgen("-diff", "./..."); code != 0 || !strings.Contains(stdout, "--- a/"+shopFiles[0]+"\n+++ /dev/null\n") {
		t.Errorf("exit code %d,\n%.500s", code, stdout)
	}
	after := m.snapshot(t)
	for _, file := range shopFiles {
		if path := filepath.Join(m.dir, file); before[path] == "" || before[path] != after[path] {
			t.Errorf("-diff has changed %s", file)
		}
	}
}

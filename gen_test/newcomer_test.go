package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mine is a module that needs nothing but the standard library until it is generated.
const mine = "module example.com/mine\n\ngo 1.26\n"

// What a newcomer may do with the command and with folders. What is wrong in a package is in errors/newcomer-*.txtar.
func TestNewcomers(t *testing.T) {
	t.Parallel()
	with := func(files ...string) map[string]string {
		all := map[string]string{"go.mod": mine}
		for i := 0; i < len(files); i += 2 {
			all[files[i]] = files[i+1]
		}
		return all
	}
	for name, tc := range map[string]struct {
		files map[string]string
		args  []string
		code  int
		says  string // all of it, with DIR for the folder
	}{
		"no go.mod": {map[string]string{"shop.go": shop}, nil, 1,
			"actorgen: there is no go.mod in DIR or above: run go mod init here, or let actorgen init write a project\n"},
		"no go.mod, all": {map[string]string{"shop.go": shop}, []string{"./..."}, 1,
			"actorgen: there is no go.mod in DIR or above: run go mod init here, or let actorgen init write a project\n"},
		"a bad go.mod": {map[string]string{"go.mod": "modul mine\n", "shop.go": shop}, nil, 1,
			"actorgen: listing packages: errors parsing go.mod: go.mod:1: unknown directive: modul\n"},
		"no Go files": {with("shop/shop.go", shop), nil, 1,
			"actorgen: no Go files in DIR: name the packages; with ./... actorgen takes all below\n"},
		"no Go files at all": {with(), []string{"./..."}, 1,
			"actorgen: no package matches ./...: \"go list ./...\" tells more\n"},
		"no folder": {with("shop/shop.go", shop), []string{"./shopp"}, 1,
			"actorgen: there is no folder DIR/shopp: with ./... actorgen takes all that there are\n"},
		"a folder's bare name": {with("shop/shop.go", shop), []string{"shop"}, 1,
			"actorgen: there is no package shop: write ./shop if it is a folder; \"actorgen -h\" tells what else there is\n"},
		"a subcommand that is none": {with("shop/shop.go", shop), []string{"generate", "./..."}, 1,
			"actorgen: there is no package generate: write ./generate if it is a folder; \"actorgen -h\" tells what else there is\n"},
		"a file": {with("shop.go", shop), []string{"shop.go"}, 1,
			"actorgen: shop.go: name the package and not its files: a file alone does not tell the import path, which is part of the actors' names\n"},
		"flags behind": {with("shop.go", shop), []string{"./...", "-check"}, 2,
			"actorgen: -check stands behind a package: flags come first, as in actorgen -check ./...\n"},
		"an unknown flag": {with("shop.go", shop), []string{"-verbose"}, 2,
			"actorgen: flag provided but not defined: -verbose: \"actorgen -h\" lists the flags\n"},
		"a flag's value": {with("shop.go", shop), []string{"-check=no"}, 2,
			"actorgen: invalid boolean value \"no\" for -check: parse error: \"actorgen -h\" lists the flags\n"},
		"tests alone": {with("shop_test.go", "package shop\n\n//actor:message\ntype Order struct{}\n"), nil, 1,
			"shop_test.go:3:1: //actor:message stands in a test file: move the declaration to a file that is not a test, or the actor to a package of its own\n"},
		"external tests alone": {with("shop.go", "package shop\n", "shop_test.go", "package shop_test\n\n//actor:message\ntype Order struct{}\n"), nil, 1,
			"shop_test.go:3:1: //actor:message stands in a test file: move the declaration to a file that is not a test, or the actor to a package of its own\n"},
		"nothing annotated": {with("shop.go", "package shop\n"), nil, 0,
			"actorgen: there is no //actor: directive in what was named, so there is nothing to generate\n"},
		"files for others": {with("shop_plan9.go", shop), nil, 1,
			"actorgen: build constraints exclude all Go files in DIR: set GOOS or GOFLAGS=-tags=... to what they ask for\n"},
		"the library not required": {with("shop.go", shop), []string{"-fixtures=false"}, 0,
			"actorgen: module example.com/mine does not require github.com/actorgen/actorgen, which generated code imports: go get github.com/actorgen/actorgen\n"},
		"the runtime not required": {with("shop.go", strings.Replace(shop, `import "context"`, "import (\n\t\"context\"\n\n\t\"github.com/actorgen/actorgen/runtime/actor\"\n)\n\nvar _ actor.ID", 1)), nil, 1,
			"shop.go:6:2: could not import github.com/actorgen/actorgen/runtime/actor: no module that go.mod requires has it: go get github.com/actorgen/actorgen/runtime/actor\n"},
		"a folder of a file's name": {with("shop.go", shop, "actor_gen.go/notes", ""), nil, 1,
			"actorgen: reading a generated file: read DIR/actor_gen.go: is a directory: rename what is there, generated code needs the name\n"},
		"a file of a folder's name": {with("shop.go", shop, "shoptest", ""), nil, 1,
			"actorgen: reading a generated file: open DIR/shoptest/actor_gen.go: not a directory: rename what is there, generated code needs the name\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newFolder(t, tc.files)
			before := m.snapshot(t)
			code, stdout, stderr := m.actorgen(tc.args...)
			if diff := cmp.Diff(tc.says, strings.ReplaceAll(stderr, m.dir, "DIR")); code != tc.code || stdout != "" || diff != "" {
				t.Errorf("exit code %d, %q on standard output, and what it says (-want +got):\n%s", code, stdout, diff)
			}
			if diff := cmp.Diff(before, m.snapshot(t)); tc.code != 0 && diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
		})
	}
}

func TestFoldersThatCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root can write to every folder")
	}
	m := newFolder(t, map[string]string{"go.mod": mine, "shop.go": shop})
	if err := os.Chmod(m.dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(m.dir, 0o755) })
	want := "actorgen: writing " + filepath.Join(m.dir, "actor_gen.go") + ": permission denied: is the folder writable?\n"
	if code, _, stderr := m.actorgen(); code != 1 || !strings.HasSuffix(stderr, want) {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

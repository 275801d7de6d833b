package gen_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const modulePath = "github.com/actorgen/actorgen"

// newProxy makes a module proxy of files, which has the checkout and what the module cache has. It returns the checkout's
// version there, which is another for each content: the module cache keeps what it has once seen.
func newProxy(t *testing.T) (env []string, version string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, xmodule.Version{Path: modulePath, Version: "v0.0.0"}, root); err != nil {
		t.Fatal(err)
	}
	version = fmt.Sprintf("v0.0.0-20260101000000-%x", sha256.Sum256(archive.Bytes()))[:len("v0.0.0-20260101000000-")+12]
	archive.Reset()
	if err := zip.CreateFromDir(&archive, xmodule.Version{Path: modulePath, Version: version}, root); err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	at := filepath.Join(proxy, modulePath, "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"list":            version + "\n",
		version + ".info": fmt.Sprintf(`{"Version": %q, "Time": "2026-01-01T00:00:00Z"}`, version),
		version + ".mod":  read(t, filepath.Join(root, "go.mod")),
		version + ".zip":  archive.String(),
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache := strings.TrimSpace(string(out))
	t.Cleanup(func() {
		os.RemoveAll(filepath.Join(cache, modulePath+"@"+version))
		old, _ := filepath.Glob(filepath.Join(cache, "cache", "download", modulePath, "@v", version+".*"))
		for _, file := range old {
			os.Remove(file)
		}
	})
	env = append(os.Environ(), "GOPROXY=file://"+filepath.ToSlash(proxy)+",file://"+filepath.ToSlash(filepath.Join(cache, "cache", "download")),
		"GOSUMDB=off", "GOFLAGS=-modcacherw", "GOWORK=off")
	return env, version
}

// A user is somebody with a folder of their own, who gets the checkout through a module proxy.
type user struct {
	dir string
	env []string
}

// run runs a command that has to succeed, and returns what it says.
func (u *user) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = u.dir, u.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// What the README says works for those who have never seen the checkout. One comes after the other, so that the second
// finds in the cache what the first has built.
func TestThroughAModuleProxy(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tool anew")
	}
	t.Parallel()
	env, version := newProxy(t)
	t.Run("init", func(t *testing.T) { initThroughProxy(t, env, version) })
	t.Run("tool", func(t *testing.T) { toolThroughProxy(t, env, version) })
}

// A new project, from the tool alone.
func initThroughProxy(t *testing.T, env []string, version string) {
	u := &user{t.TempDir(), env}
	u.run(t, "go", "run", modulePath+"/cmd/actorgen@"+version, "init", "hello")
	u.dir = filepath.Join(u.dir, "hello")
	u.run(t, "go", "vet", "./...")
	out := u.run(t, "go", "test", "./...")
	for _, pkg := range []string{"hello", "hello/stock", "hello/stock/stocktest"} {
		if !strings.Contains(out, "ok  \texample.com/"+pkg+"\t") {
			t.Errorf("the tests of %s have not run:\n%s", pkg, out)
		}
	}
	out = u.run(t, "go", "run", ".")
	for _, want := range []string{
		": the warehouse is at tcp://127.0.0.1:", ": wanted 3 of tea, got 3\n", ": wanted 100 of tea, got 7\n",
		": the audit: 5 of tea counted, 0 in the books (from shop)\n", ": took 1 of tea after the restart, 9 left\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the program has not said %q:\n%s", want, out)
		}
	}
	before := read(t, filepath.Join(u.dir, "go.mod"))
	u.run(t, "go", "mod", "tidy")
	u.run(t, "go", "generate", "./...")
	u.run(t, "go", "tool", "actorgen", "-check", "./...")
	if after := read(t, filepath.Join(u.dir, "go.mod")); after != before || !strings.Contains(after, modulePath+" "+version) || strings.Contains(after, "replace") {
		t.Errorf("go.mod was\n%s\nand is, tidied,\n%s", before, after)
	}
}

// A package of a module, with the tool and the library in its go.mod.
func toolThroughProxy(t *testing.T, env []string, version string) {
	u := &user{t.TempDir(), env}
	u.run(t, "go", "mod", "init", "example.com/mine")
	source := strings.Replace(shop, "// Shop is an actor", "//go:generate go tool actorgen\n\n// Shop is an actor", 1)
	if err := os.MkdirAll(filepath.Join(u.dir, "shop"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(u.dir, "shop", "shop.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	u.run(t, "go", "get", "-tool", modulePath+"/cmd/actorgen")
	u.run(t, "go", "get", modulePath)
	u.run(t, "go", "generate", "./...")
	for _, file := range shopFiles {
		if _, err := os.Stat(filepath.Join(u.dir, file)); err != nil {
			t.Error(err)
		}
	}
	if out := u.run(t, "go", "test", "./..."); !strings.Contains(out, "ok  \texample.com/mine/shop/shoptest") {
		t.Errorf("the fixtures' tests have not run:\n%s", out)
	}
	u.run(t, "go", "tool", "actorgen", "-check", "./...")
	u.run(t, "go", "mod", "tidy")
	if mod := read(t, filepath.Join(u.dir, "go.mod")); !strings.Contains(mod, modulePath+" "+version) || !strings.Contains(mod, "tool "+modulePath+"/cmd/actorgen") {
		t.Errorf("go.mod:\n%s", mod)
	}
}

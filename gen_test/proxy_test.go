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

// A module that has never seen the checkout gets the tool and the library as the README says.
func TestToolInAnotherModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tool anew")
	}
	t.Parallel()
	env, version := newProxy(t)
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("go", "mod", "init", "example.com/mine")
	source := strings.Replace(shop, "// Shop is an actor", "//go:generate go tool actorgen\n\n// Shop is an actor", 1)
	if err := os.MkdirAll(filepath.Join(dir, "shop"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "shop", "shop.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	run("go", "get", "-tool", modulePath+"/cmd/actorgen")
	run("go", "get", modulePath)
	run("go", "generate", "./...")
	for _, file := range shopFiles {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
	if out := run("go", "test", "./..."); !strings.Contains(out, "ok  \texample.com/mine/shop/shoptest") {
		t.Errorf("the fixtures' tests have not run:\n%s", out)
	}
	run("go", "tool", "actorgen", "-check", "./...")
	run("go", "mod", "tidy")
	if mod := read(t, filepath.Join(dir, "go.mod")); !strings.Contains(mod, modulePath+" "+version) || !strings.Contains(mod, "tool "+modulePath+"/cmd/actorgen") {
		t.Errorf("go.mod:\n%s", mod)
	}
}

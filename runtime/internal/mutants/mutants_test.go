// Package mutants makes sure that the tests of runtime/actor find the mistakes that they are there to find.
//
// Each patch in runtime/actor/testdata/mutants makes one: a plausible mistake in the life of an actor. Its first line names the
// test that has to fail with it, remote.TestName if that is one of runtime/remote, and says what the mistake is. To see all of them found:
//
//	go test ./runtime/internal/mutants -mutants
//
// A patch is one hunk or few with two lines of context, made by git diff -U2 in the repository's root after the mistake was
// made there; the work tree itself is never changed by these tests.
package mutants

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var all = flag.Bool("mutants", false, "compile every mutant of runtime/actor and see its test fail")

const (
	root  = "../../.." // of the repository
	tests = root + "/runtime/"

	// tries is how often a test is run that does not fail: some mistakes are races.
	tries = 20
	// patience is how long one run may take: a test that hangs has found the mistake too. None takes a tenth of it by itself.
	patience = time.Minute
)

// A mutant is one mistake.
type mutant struct {
	name, path string
	pkg        string // of the test: actor or remote
	test       string // that finds it; may name a subtest
	patch      []byte
}

var heading = regexp.MustCompile(`^# (?:(remote)\.)?(Test\w+)((?:/\S+)?): \S`)

// mutants reads the patches.
func mutants(t *testing.T) []mutant {
	t.Helper()
	paths, err := filepath.Glob(tests + "actor/testdata/mutants/*.patch")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no patches: %v", err)
	}
	var found []mutant
	for _, path := range paths {
		patch, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".patch")
		m := heading.FindSubmatch(patch)
		if m == nil {
			t.Errorf("%s: the first line has to be \"# TestName: what the mistake is\", or \"# remote.TestName: ...\"", name)
			continue
		}
		path, err = filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		pkg := string(m[1])
		if pkg == "" {
			pkg = "actor"
		}
		found = append(found, mutant{name, path, pkg, string(m[2]) + string(m[3]), patch})
	}
	return found
}

// git runs git apply in a folder.
func (m mutant) git(t *testing.T, folder string, args ...string) error {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to apply patches with")
	}
	cmd := exec.Command("git", append(append([]string{"apply"}, args...), m.path)...)
	cmd.Dir = folder
	if folder != root { // is no repository, nor to be taken for a part of one around it
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(folder))
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("git apply %s: %s", m.path, out)
	}
	return err
}

var edited = regexp.MustCompile(`(?m)^\+\+\+ b/(\S+)$`)

// overlay makes the mutant of the files that the patch changes, in a folder of its own, and returns what tells the go command
// to take these instead: see go help build.
func (m mutant) overlay(t *testing.T, folder string) string {
	t.Helper()
	replace := make(map[string]string)
	for _, match := range edited.FindAllSubmatch(m.patch, -1) {
		file := filepath.FromSlash(string(match[1]))
		from, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(folder, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o666); err != nil {
			t.Fatal(err)
		}
		replace[from] = to
	}
	if err := m.git(t, folder); err != nil {
		t.Fatal("the patch does not apply: see TestPatchesApply")
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(path, list, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// compile makes the test program of a package: not a fast one, but fast.
func compile(pkg, program string, flags ...string) error {
	quick := []string{"test", "-c", "-vet=off", "-o", program, "-gcflags=github.com/actorgen/actorgen/...=-N -l -dwarf=false", "-ldflags=-s -w"}
	cmd := exec.Command("go", append(append(quick, flags...), ".")...)
	cmd.Dir = tests + pkg
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling: %w\n%s", err, out)
	}
	return nil
}

// passes runs one test of a program.
func passes(pkg, program, test string) (ok bool, out []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience) // one that does not even notice its own timeout
	defer cancel()
	pattern := "^" + strings.ReplaceAll(test, "/", "$/^") + "$"
	cmd := exec.CommandContext(ctx, program, "-test.v", "-test.run", pattern, "-test.timeout", patience.String())
	cmd.Dir = tests + pkg
	out, err := cmd.CombinedOutput()
	return err == nil, out
}

// Every patch applies to the repository as it is, and its test exists.
func TestPatchesApply(t *testing.T) {
	code := make(map[string][]byte)
	for _, pkg := range []string{"actor", "remote"} {
		files, err := filepath.Glob(tests + pkg + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code[pkg] = append(code[pkg], text...)
		}
	}
	for _, m := range mutants(t) {
		if err := m.git(t, root, "--check"); err != nil {
			t.Errorf("%s does not apply any more: make the same mistake in the present code, and write the patch anew with git diff -U2; "+
				"keep its first line. If the code cannot have the mistake any more, delete the patch", m.name)
		}
		name, _, _ := strings.Cut(m.test, "/")
		if !bytes.Contains(code[m.pkg], []byte("\nfunc "+name+"(t *testing.T)")) {
			t.Errorf("%s: there is no %s in runtime/%s: name the test that finds the mistake now", m.name, name, m.pkg)
		}
	}
}

// Every mistake is found by the test that the patch names, which passes without it.
func TestMutants(t *testing.T) {
	if !*all {
		t.Skip("takes minutes; -mutants asks for it")
	}
	sound := t.TempDir()
	var compiled, passed sync.Map // by package, and by test: a func() that does it once
	var mu sync.Mutex
	found, slowest := 0, time.Duration(0)
	t.Cleanup(func() { t.Logf("%d mistakes found, the slowest in %v", found, slowest.Round(time.Second)) })
	for _, m := range mutants(t) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(sound, m.pkg)
			first, _ := compiled.LoadOrStore(m.pkg, sync.OnceValue(func() error { return compile(m.pkg, program) }))
			if err := first.(func() error)(); err != nil {
				t.Fatal(err)
			}
			once, _ := passed.LoadOrStore(m.pkg+m.test, sync.OnceValues(func() (bool, []byte) { return passes(m.pkg, program, m.test) }))
			ok, out := once.(func() (bool, []byte))()
			if !ok || !bytes.Contains(out, []byte("=== RUN   "+m.test+"\n")) {
				t.Fatalf("without the mistake %s has to run and pass:\n%s", m.test, tail(out))
			}
			folder := t.TempDir()
			program = filepath.Join(folder, "mutant")
			if err := compile(m.pkg, program, "-overlay", m.overlay(t, folder)); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			for n := range tries {
				if ok, out := passes(m.pkg, program, m.test); !ok {
					took := time.Since(begun)
					t.Logf("found by %s in run %d, after %v:\n%s", m.test, n+1, took.Round(time.Millisecond), tail(out))
					mu.Lock()
					defer mu.Unlock()
					found, slowest = found+1, max(slowest, took)
					return
				}
			}
			t.Errorf("%s passes %d times with this mistake: write the test that finds it, and name it in the patch.\n%s", m.test, tries, m.patch)
		})
	}
}

// tail returns the end of a program's output.
func tail(out []byte) []byte { return out[max(len(out)-4<<10, 0):] }

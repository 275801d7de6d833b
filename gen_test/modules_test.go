package gen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/actorgen/actorgen/internal/generate"
)

// runGenerator makes the test's own binary the generator, for tests of what the environment of a process decides.
const runGenerator = "GEN_TEST_RUN_GENERATOR"

func TestMain(m *testing.M) {
	if os.Getenv(runGenerator) == "" {
		// Packages in temporary folders are compiled once then, and not in each run; and code is not optimized, nor described to
		// debuggers, which takes longer than it gains here.
		os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath '-gcflags=gen.test/...=-N -l -dwarf=false'"))
		// A compiler, and a generator, that collects less often is a fifth faster.
		if os.Getenv("GOGC") == "" {
			os.Setenv("GOGC", "400")
			debug.SetGCPercent(400)
		}
		os.Exit(m.Run())
	}
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	os.Exit(generate.Command(dir, os.Args[1:], os.Stdout, os.Stderr))
}

// newModules writes a case of modules/, whose go.mod files say no more than what is not the same in all.
func newModules(t *testing.T, name string) *module {
	t.Helper()
	m := newModule(t, filepath.Join("modules", name+".txtar"))
	m.dir = filepath.Join(m.dir, name)
	for path, content := range m.cases[0].files {
		if filepath.Base(path) == "go.mod" {
			m.useCheckout(t, filepath.Dir(path), content)
		}
	}
	return m
}

// command runs a command in a folder of the module, with more in its environment.
func (m *module) command(t *testing.T, dir string, env []string, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Join(m.dir, dir)
	cmd.Env = append(append(os.Environ(), "GOFLAGS=-trimpath", "GOWORK=", "PWD="+cmd.Dir), env...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// mustCommand runs a command that has to succeed.
func (m *module) mustCommand(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	out, err := m.command(t, dir, env, args...)
	if err != nil {
		t.Fatalf("%s in %s: %v\n%s", strings.Join(args, " "), dir, err, out)
	}
	return out
}

// generator is the command line of a generator in a process of its own.
func generator(t *testing.T, args ...string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{self}, args...)
}

// The modules of a workspace are generated in one run, or one by one: what another will have is as good as there.
func TestWorkspace(t *testing.T) {
	t.Parallel()
	m := newModules(t, "workspace")
	if out, err := m.command(t, "teller/v2", []string{runGenerator + "=1"}, generator(t)...); err != nil {
		t.Fatalf("generating the second module alone: %v\n%s", err, out)
	}
	alone := read(t, filepath.Join(m.dir, "teller/v2/actor_gen.go"))
	if out, err := m.command(t, ".", []string{runGenerator + "=1"}, generator(t, "./bank/...", "./teller/v2/...")...); err != nil {
		t.Fatalf("generating both modules: %v\n%s", err, out)
	}
	if alone != read(t, filepath.Join(m.dir, "teller/v2/actor_gen.go")) {
		t.Error("alone and together the second module is generated differently")
	}
	m.mustCommand(t, ".", nil, "go", "vet", "./bank/...", "./teller/v2/...")
	m.mustCommand(t, ".", nil, "go", "test", "-vet=off", "./teller/v2")
}

// A vendored package's generated code counts as it is; code that uses it is generated and works as with any other.
func TestVendoredModule(t *testing.T) {
	t.Parallel()
	m := newModules(t, "vendored")
	off := []string{"GOWORK=off", runGenerator + "=1"}
	m.mustCommand(t, "money", off, generator(t)...)
	m.mustCommand(t, "till", off, "go", "mod", "vendor")
	m.mustCommand(t, "till", off, generator(t, "./...")...)
	m.mustCommand(t, "till", off, "go", "mod", "vendor") // fixtures import more
	if err := os.RemoveAll(filepath.Join(m.dir, "money")); err != nil {
		t.Fatal(err)
	}
	m.mustCommand(t, "till", off, generator(t, "-check")...)
	m.mustCommand(t, "till", off, "go", "vet", "./...")
	m.mustCommand(t, "till", off, "go", "test", "-vet=off", ".")
}

// What is generated for a file with a build constraint has the same. A run that leaves the file out says so, and takes nothing
// away.
func TestBuildConstraints(t *testing.T) {
	t.Parallel()
	m := newModules(t, "constraints")
	generate := runGenerator + "=1"
	special := []string{generate, "GOOS=linux", "GOARCH=amd64", "GOFLAGS=-trimpath -tags=special"}
	m.mustCommand(t, ".", special, generator(t, "./...")...)
	for file, want := range map[string]string{
		"tagged/actor_gen.go":                 "special && !never",
		"tagged/actor_msgp_gen.go":            "special && !never",
		"tagged/taggedtest/actor_gen.go":      "special && !never",
		"tagged/taggedtest/actor_gen_test.go": "special && !never",
		"named/actor_gen.go":                  "linux",
		"named/namedtest/actor_gen.go":        "linux",
		"hooks/actor_gen.go":                  "",
	} {
		_, rest, _ := strings.Cut(read(t, filepath.Join(m.dir, file)), "\n\n")
		if got, _, _ := strings.Cut(rest, "\n"); got != "//go:build "+want && want != "" || want == "" && strings.HasPrefix(got, "//go:build") {
			t.Errorf("%s has %q, want %q", file, got, want)
		}
	}
	before := m.snapshot(t)
	out, err := m.command(t, ".", []string{generate, "GOOS=linux", "GOARCH=amd64"}, generator(t, "./...")...)
	want := []string{
		"tagged/special.go:12:1: //actor:error ",
		"tagged/special.go:17:1: //actor:actor stands in a file that is left out here: it is compiled for special && !never only: ",
		"tagged/special.go:22:1: //actor:message ",
		"tagged/special.go:25:1: //actor:handler ",
	}
	lines := strings.SplitAfter(out, "\n")
	for i, start := range want {
		if err == nil || len(lines) != len(want)+1 || !strings.HasPrefix(lines[i], start) {
			t.Fatalf("without the tag: %v\n%s", err, out)
		}
	}
	if diff := cmp.Diff(before, m.snapshot(t)); diff != "" {
		t.Errorf("a run that leaves files out changed some (-before +after):\n%s", diff)
	}
	for _, tags := range []string{"", "special"} {
		m.mustCommand(t, ".", nil, "go", "vet", "-tags="+tags, "./...")
		m.mustCommand(t, ".", nil, "go", "test", "-vet=off", "-tags="+tags, "./tagged/...", "./hooks")
	}
}

// Packages with cgo are like others. What is generated for something in a file with import "C" needs cgo too, and types of C
// cannot be sent.
func TestCgo(t *testing.T) {
	t.Parallel()
	m := newModules(t, "cgo")
	enabled := m.mustCommand(t, ".", nil, "go", "env", "CGO_ENABLED")
	compiler := strings.Fields(m.mustCommand(t, ".", nil, "go", "env", "CC"))
	if strings.TrimSpace(enabled) != "1" || len(compiler) == 0 {
		t.Skip("cgo is switched off: CGO_ENABLED=" + enabled)
	}
	if _, err := exec.LookPath(compiler[0]); err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	run := []string{runGenerator + "=1", "GOFLAGS="} // with -trimpath cgo's positions are those of an earlier run
	m.mustCommand(t, ".", run, generator(t, "./beside", "./inside")...)
	if !strings.Contains(read(t, filepath.Join(m.dir, "inside/actor_gen.go")), "\n//go:build cgo\n") {
		t.Error("what is generated for an actor with C in it is compiled without cgo")
	}
	m.mustCommand(t, ".", nil, "go", "vet", "./beside/...", "./inside/...")
	m.mustCommand(t, ".", nil, "go", "test", "-vet=off", "./beside", "./inside")
	out, err := m.command(t, ".", run, generator(t, "./sent")...)
	if want := m.cases[0].files["sent/stderr"]; err == nil || out != want {
		t.Errorf("types of C are sent: %v\n%s", err, out)
	}
}

// A package whose name is that of another one's fixtures keeps its generated files where there are no fixtures.
func TestAnnotatedPackageInTheFixturesFolder(t *testing.T) {
	t.Parallel()
	m := newShop(t)
	m.write(t, "shop/shoptest/more.go", "package shoptest\n\n// Crate is a message.\n//\n//actor:message\ntype Crate struct{ N int }\n")
	if code, _, stderr := m.actorgen("./shop"); code != 1 || !strings.HasPrefix(stderr, "shop/shoptest/more.go:5:1: ") {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
	m.mustRun(t, "-fixtures=false", "./...")
	m.mustRun(t, "-fixtures=false", "./shop")
	m.has(t, "shop/actor_gen.go", "shop/actor_msgp_gen.go", "shop/shoptest/actor_gen.go", "shop/shoptest/actor_msgp_gen.go")
}

package random

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/internal/generate"
	"github.com/actorgen/actorgen/internal/model"
)

// A Failure is what went wrong with a case.
type Failure struct {
	Stage string // refused, generator, again, alone, vet, test
	Text  string
}

func (f Failure) String() string { return f.Stage + ": " + f.Text }

// words that differ between a case and a smaller one.
var particular = regexp.MustCompile(`\S*[^a-z\s:,;'-]\S*`)

// Kind is the failure without what differs between a case and a smaller one: names, numbers, types.
func (f Failure) Kind() string {
	first, _, _ := strings.Cut(strings.TrimSpace(f.Text), "\n")
	return f.Stage + ": " + strings.Join(strings.Fields(particular.ReplaceAllString(first, "")), " ")
}

// A Batch is a module of many cases, which are generated, vetted and tested together.
type Batch struct {
	Dir   string
	Root  string // of actorgen
	Tests int    // how many packages main are tested: each is a program of its own
	// Generate is the run of the generator, which tests of the tests replace.
	Generate func(dir string, patterns []string) (*generate.Plan, error)
}

// Run returns what is wrong with the cases. An error is one of the surroundings.
func (b *Batch) Run(cases []*Source) (map[*Source]Failure, error) {
	if err := b.module(); err != nil {
		return nil, err
	}
	if err := b.write(cases); err != nil {
		return nil, err
	}
	failed := map[*Source]Failure{}
	plan := b.plan(cases, failed)
	cases = b.without(cases, failed)
	if len(cases) == 0 {
		return failed, nil
	}
	if plan == nil {
		return failed, fmt.Errorf("the cases that are all right by themselves are not together")
	}
	if err := plan.Apply(); err != nil {
		return failed, fmt.Errorf("writing what was generated: %w", err)
	}
	b.again(cases, failed)
	b.vet(cases, failed)
	cases = b.without(cases, failed)
	if len(cases) == 0 {
		return failed, nil
	}
	return failed, b.test(cases, failed)
}

// module writes what makes the folder a module that uses this checkout.
func (b *Batch) module() error {
	mod, err := os.ReadFile(filepath.Join(b.Root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(b.Root, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(mod), "module github.com/actorgen/actorgen", "module "+Module, 1)
	text += "\nrequire github.com/actorgen/actorgen v0.0.0\n\nreplace github.com/actorgen/actorgen => " + b.Root + "\n"
	return b.put(map[string]string{"go.mod": text, "go.sum": string(sum)}, "")
}

func (b *Batch) put(files map[string]string, folder string) error {
	for name, content := range files {
		file := filepath.Join(b.Dir, folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (b *Batch) write(cases []*Source) error {
	for _, folder := range []string{Grown, Kept, "runner"} {
		if err := os.RemoveAll(filepath.Join(b.Dir, folder)); err != nil {
			return err
		}
	}
	for _, c := range cases {
		if err := b.put(c.Files, c.Folder); err != nil {
			return err
		}
	}
	return nil
}

// without drops the cases that have failed, with their files.
func (b *Batch) without(cases []*Source, failed map[*Source]Failure) []*Source {
	return slices.DeleteFunc(slices.Clone(cases), func(c *Source) bool {
		_, bad := failed[c]
		if bad {
			_ = os.RemoveAll(filepath.Join(b.Dir, c.Folder))
		}
		return bad
	})
}

// make runs the generator; a panic is an error.
func (b *Batch) make(patterns ...string) (plan *generate.Plan, err error) {
	defer func() {
		if r := recover(); r != nil {
			plan, err = nil, fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	if b.Generate != nil {
		return b.Generate(b.Dir, patterns)
	}
	return generate.Make(b.Dir, patterns, generate.Options{})
}

// plan runs the generator for all cases, until none of them is refused. It is nil if there are none left.
func (b *Batch) plan(cases []*Source, failed map[*Source]Failure) *generate.Plan {
	for len(cases) > 0 {
		plan, err := b.make("./...")
		if err == nil && len(plan.Problems) == 0 {
			return plan
		}
		before := len(failed)
		if err != nil {
			b.alone(cases, failed)
		} else {
			for _, p := range plan.Problems {
				if c := b.caseOf(cases, p.Pos.File); c != nil {
					if _, ok := failed[c]; !ok {
						failed[c] = Failure{"refused", p.Rule + ": " + p.Rel(b.Dir)}
					}
				}
			}
		}
		if len(failed) == before {
			return nil
		}
		cases = b.without(cases, failed)
	}
	return nil
}

// alone finds the cases for which the generator fails, one by one.
func (b *Batch) alone(cases []*Source, failed map[*Source]Failure) {
	for _, c := range cases {
		if _, err := b.make("./" + c.Folder + "/..."); err != nil {
			failed[c] = Failure{"generator", err.Error()}
		}
	}
}

// caseOf returns the case that a file belongs to, absolute or relative to the module.
func (b *Batch) caseOf(cases []*Source, file string) *Source {
	if rel, err := filepath.Rel(b.Dir, file); err == nil && filepath.IsAbs(file) {
		file = rel
	}
	file = strings.TrimPrefix(filepath.ToSlash(file), "./")
	for _, c := range cases {
		if strings.HasPrefix(file, c.Folder+"/") {
			return c
		}
	}
	return nil
}

// again sees that a second run changes nothing, for all and, for some cases, for their own package alone.
func (b *Batch) again(cases []*Source, failed map[*Source]Failure) {
	see := func(stage string, plan *generate.Plan, of []*Source, err error) {
		switch {
		case err != nil:
			failed[of[0]] = Failure{stage, err.Error()}
		case len(plan.Problems) > 0:
			failed[of[0]] = Failure{stage, plan.Problems[0].Rel(b.Dir)}
		default:
			for _, f := range plan.Write {
				if c := b.caseOf(cases, f.Path); c != nil {
					old, _ := os.ReadFile(f.Path)
					failed[c] = Failure{stage, "writes " + filepath.Base(f.Path) + " again: " + firstDifference(string(old), string(f.Content))}
				}
			}
			for _, file := range plan.Remove {
				if c := b.caseOf(cases, file); c != nil {
					failed[c] = Failure{stage, "removes " + filepath.Base(file)}
				}
			}
		}
	}
	plan, err := b.make("./...")
	see("again", plan, cases, err)
	for i := 0; i < len(cases); i += 1 + len(cases)/3 {
		plan, err := b.make("./" + cases[i].Folder)
		see("alone", plan, cases[i:i+1], err)
	}
}

func firstDifference(a, b string) string {
	old, fresh := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(old), len(fresh)) {
		if old[i] != fresh[i] {
			return fmt.Sprintf("%q was %q", fresh[i], old[i])
		}
	}
	return fmt.Sprintf("%d lines were %d", len(fresh), len(old))
}

// vet compiles and vets everything.
func (b *Batch) vet(cases []*Source, failed map[*Source]Failure) {
	out, err := b.command("vet", "./...")
	if err != nil && !b.blame("vet", out, cases, failed) {
		failed[cases[0]] = Failure{"vet", out}
	}
}

// blame finds the cases in what the go command says, and tells whether there are any.
func (b *Batch) blame(stage, out string, cases []*Source, failed map[*Source]Failure) bool {
	found := false
	for line := range strings.Lines(out) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "vet: ")
		file, rest, ok := strings.Cut(line, ".go:")
		if !ok {
			continue
		}
		if c := b.caseOf(cases, file); c != nil {
			found = true
			if _, ok := failed[c]; !ok {
				_, what, _ := strings.Cut(rest, " ")
				failed[c] = Failure{stage, what + "\n(" + line + ")"}
			}
		}
	}
	return found
}

// command runs the go command in the module.
func (b *Batch) command(command string, args ...string) (string, error) {
	cmd := exec.Command("go", append([]string{command}, args...)...)
	cmd.Dir = b.Dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// program is the compiled runner.
const program = "runner.test"

var (
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	panicked = regexp.MustCompile(`(?m)^(panic: |fatal error: |\tpanic: )`)
)

// test runs the tests of all cases as one program, fixtures included, and those of some packages main.
func (b *Batch) test(cases []*Source, failed map[*Source]Failure) error {
	fixtures := map[*Source][]fixture{}
	for _, c := range cases {
		list, err := b.fixtures(c)
		if err != nil {
			return err
		}
		fixtures[c] = list
	}
	if err := b.put(map[string]string{"run_test.go": runner(cases, fixtures)}, "runner"); err != nil {
		return err
	}
	if out, err := b.command("test", "-c", "-vet=off", "-ldflags=-s -w", "-o", program, "./runner"); err != nil {
		if !b.blame("test", out, cases, failed) {
			failed[cases[0]] = Failure{"test", out}
		}
		return nil
	}
	b.runTests(cases, failed)
	for _, c := range cases {
		if c.IsMain() && b.Tests > 0 {
			b.Tests--
			if out, err := b.command("test", "-vet=off", "-ldflags=-s -w", "-timeout=5m", "./"+c.Folder); err != nil {
				failed[c] = Failure{"test", firstComplaint(out)}
			}
		}
	}
	return nil
}

// fixtures returns the packages of fixtures of a case, and has their tests be called from the runner: their file becomes one
// that is not a test's.
func (b *Batch) fixtures(c *Source) ([]fixture, error) {
	var found []fixture
	err := filepath.WalkDir(filepath.Join(b.Dir, c.Folder), func(file string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Base(file) != model.ActorFile || !strings.HasSuffix(filepath.Dir(file), model.FixturesSuffix) {
			return err
		}
		dir := filepath.Dir(file)
		rel, err := filepath.Rel(b.Dir, dir)
		if err != nil {
			return err
		}
		fx := fixture{path: Module + "/" + filepath.ToSlash(rel)}
		tests := filepath.Join(dir, model.FixtureTests)
		if src, err := os.ReadFile(tests); err == nil {
			for _, m := range testFunc.FindAllStringSubmatch(string(src), -1) {
				fx.tests = append(fx.tests, m[1])
			}
			if err := os.Rename(tests, filepath.Join(dir, "tests.go")); err != nil {
				return err
			}
		}
		found = append(found, fx)
		return nil
	})
	return found, err
}

// runTests runs the tests of a compiled runner. If the program dies, they are run again one by one.
func (b *Batch) runTests(cases []*Source, failed map[*Source]Failure, only ...string) {
	cmd := exec.Command(filepath.Join(b.Dir, program), append(only, "-test.timeout=2m")...)
	cmd.Dir = b.Dir
	text, err := cmd.CombinedOutput()
	if err == nil {
		return
	}
	out := string(text)
	if !strings.Contains(out, "--- FAIL: ") || panicked.MatchString(out) {
		if len(cases) > 1 {
			for _, c := range cases {
				b.runTests([]*Source{c}, failed, "-test.run=^TestRandom_"+c.Name+"$")
			}
			return
		}
	}
	found := false
	for _, part := range strings.Split("\n"+out, "\n--- FAIL: TestRandom_")[1:] {
		for _, c := range cases {
			if strings.HasPrefix(part, c.Name+" ") {
				found = true
				failed[c] = Failure{"test", firstComplaint(part)}
			}
		}
	}
	if !found {
		failed[cases[0]] = Failure{"test", out}
	}
}

var complaint = regexp.MustCompile(`(?m)^\s+\w+\.go:\d+: `)

// firstComplaint is what a test says first.
func firstComplaint(out string) string {
	if at := complaint.FindStringIndex(out); at != nil {
		return out[at[1]:min(len(out), at[1]+2000)]
	}
	return out[:min(len(out), 3000)]
}

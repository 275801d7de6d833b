package generate

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/actorgen/actorgen/internal/emit"
	"github.com/actorgen/actorgen/internal/model"
)

const usage = `usage: actorgen [flags] [packages]
       actorgen init [flags] DIR

Actorgen reads Go packages (the one in the current folder unless others are named) and writes, for each with //actor:
annotations, typed handles, refs, ports and serializers into actor_gen.go and actor_msgp_gen.go, and fixtures for
tests into a package below it: bank/banktest for bank. It finds all that is wrong before it writes anything, and writes
only files that change.

In a source file, once per package:

	//go:generate go tool actorgen

Init writes a small project to start from: "actorgen init -h" says more.

Flags:

`

// Command runs the generator as a command does, in the given folder, and returns its exit code: 0, 1 if there is something
// to correct, 2 for a wrong use of flags.
func Command(dir string, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("actorgen", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what is wrong is told here, without the usage below it
	check := flags.Bool("check", false, "write nothing; name the files that are not up to date, and exit with 1 if there are any")
	diffs := flags.Bool("diff", false, "write nothing; print what would change, as a unified diff")
	verbose := flags.Bool("v", false, "tell what was found: handlers, their kinds, the width of work cells")
	version := flags.Bool("version", false, "print the version and exit")
	fixtures := flags.Bool("fixtures", true, "write fixtures for tests")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "actorgen: %v: \"actorgen -h\" lists the flags\n", err)
		return 2
	}
	if *version {
		fmt.Fprintf(stdout, "actorgen %s (runtime generation %d)\n", emit.Version, emit.Generation)
		return 0
	}
	patterns := flags.Args()
	for _, p := range patterns {
		if strings.HasPrefix(p, "-") {
			fmt.Fprintf(stderr, "actorgen: %s stands behind a package: flags come first, as in actorgen %s %s\n", p, p, patterns[0])
			return 2
		}
	}
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	plan, err := Make(dir, patterns, Options{NoFixtures: !*fixtures})
	if err != nil {
		fmt.Fprintf(stderr, "actorgen: %v\n", err)
		return 1
	}
	for _, p := range plan.Problems {
		fmt.Fprintln(stderr, p.Rel(dir))
	}
	if len(plan.Problems) > 0 {
		return 1
	}
	if text := plan.advice(); text != "" {
		fmt.Fprintf(stderr, "actorgen: %s\n", text)
	}
	if *verbose {
		describe(stdout, plan.Run)
	}
	if *diffs {
		if err := plan.diff(dir, stdout); err != nil {
			fmt.Fprintf(stderr, "actorgen: %v\n", err)
			return 1
		}
	}
	if *check {
		return plan.tell(dir, stderr)
	}
	if *diffs {
		return 0
	}
	if err := plan.Apply(); err != nil {
		fmt.Fprintf(stderr, "actorgen: %v\n", err)
		return 1
	}
	if *verbose {
		for _, f := range plan.Write {
			fmt.Fprintf(stdout, "wrote %s\n", relative(dir, f.Path))
		}
		for _, file := range plan.Remove {
			fmt.Fprintf(stdout, "removed %s\n", relative(dir, file))
		}
	}
	return 0
}

// tell names the files that are not what they should be.
func (p *Plan) tell(dir string, w io.Writer) int {
	for _, f := range p.Write {
		fmt.Fprintf(w, "%s: not up to date: run go generate\n", relative(dir, f.Path))
	}
	for _, file := range p.Remove {
		fmt.Fprintf(w, "%s: no longer due: run go generate\n", relative(dir, file))
	}
	if len(p.Write)+len(p.Remove) > 0 {
		return 1
	}
	return 0
}

// diff prints how the files would change.
func (p *Plan) diff(dir string, w io.Writer) error {
	show := func(file string, content []byte) error {
		old, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		name := relative(dir, file)
		from, to := "a/"+name, "b/"+name
		if err != nil {
			from = "/dev/null"
		}
		if content == nil {
			to = "/dev/null"
		}
		_, err = w.Write(diff.Diff(from, old, to, content))
		return err
	}
	for _, f := range p.Write {
		if err := show(f.Path, f.Content); err != nil {
			return err
		}
	}
	for _, file := range p.Remove {
		if err := show(file, nil); err != nil {
			return err
		}
	}
	return nil
}

func relative(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return file
}

// describe tells what the run found.
func describe(w io.Writer, run *model.Run) {
	for _, pkg := range run.Annotated() {
		fmt.Fprintf(w, "package %s: ", pkg.Path)
		if n := len(pkg.Interfaces); n > 0 {
			fmt.Fprintf(w, "%s, ", count(n, "contract"))
		}
		fmt.Fprintf(w, "%s, %s, %s\n", count(len(pkg.Actors), "actor"), count(len(pkg.Wire()), "serializer"), count(len(pkg.Errors), "error variable"))
		for _, a := range pkg.Contracts() {
			cell := a.Cell()
			width := fmt.Sprintf("work cells of %d bytes", cell.Size)
			if cell.Size == 0 {
				width = "nothing in its work cells"
			}
			fmt.Fprintf(w, "\t%s %s: %s, %s\n", a.KindName(), a.Name, count(len(a.Handlers), "handler"), width)
			for _, h := range a.Handlers {
				fmt.Fprintf(w, "\t\t%-6s %s%s\n", h.KindName(), h.Name, notes(h, cell))
			}
		}
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func notes(h *model.Handler, cell *model.Cell) string {
	var words []string
	if h.Local() {
		words = append(words, "local")
	}
	if h.Inline() {
		words = append(words, "inline")
	}
	if cell.IsFramed(h) {
		words = append(words, "in a frame: its arguments do not fit into the cell")
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

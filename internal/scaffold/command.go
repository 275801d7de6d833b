package scaffold

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

const usage = `usage: actorgen init [flags] DIR

Init writes a small project into a folder: an actor, its supervision, a program of two processes, tests with fakes and
with the real actors. It builds, tests and runs at once. The folder may be new, or have no Go code in it. If it is in a
module already, the project becomes packages of that; else a module of its own, example.com/DIR unless it is named.
Nothing is overwritten, and if anything fails nothing is written.

Flags:

`

// Command writes a project as a command does, and returns its exit code: 0, 1 if that cannot be done, 2 for a wrong use of
// flags. Paths are relative to dir.
func Command(dir string, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("actorgen init", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what is wrong is told here, without the usage below it
	module := flags.String("module", "", "the `path` of the project's own module, also inside another one")
	replace := flags.String("replace", "", "use the checkout of actorgen in this `folder` (default: the version that runs, or the\ncheckout that it was built in)")
	name, err := parse(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "actorgen init: %v: \"actorgen init -h\" tells how to use it\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	abs := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	p, err := plan(abs(name), *module, abs(*replace))
	if err == nil {
		err = p.write(ctx)
	}
	if err != nil {
		fmt.Fprintf(stderr, "actorgen init: %v\n", err)
		return 1
	}
	p.tell(stdout, dir)
	return 0
}

// parse reads the flags, before and behind the folder's name.
func parse(flags *flag.FlagSet, args []string) (name string, err error) {
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if flags.NArg() > 0 {
		name = flags.Arg(0)
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return "", err
		}
	}
	switch {
	case name == "":
		return "", errors.New("name the folder to write to, as in actorgen init hello")
	case flags.NArg() > 0:
		return "", fmt.Errorf("%q is one argument too many", flags.Arg(0))
	}
	return name, nil
}

// tell says what there is now, and what to do with it.
func (p *project) tell(w io.Writer, dir string) {
	if p.fresh {
		fmt.Fprintf(w, "module %s:\n", p.importPath)
	} else {
		fmt.Fprintf(w, "package %s, of the module in %s:\n", p.importPath, p.root)
	}
	for _, f := range p.files {
		fmt.Fprintf(w, "\t%s\n", f.name)
	}
	if p.origin.checkout != "" && p.fresh {
		fmt.Fprintf(w, "Its go.mod replaces actorgen by the checkout in %s.\n", p.origin.checkout)
	}
	fmt.Fprint(w, "Next:\n")
	if rel, err := filepath.Rel(dir, p.dir); err != nil || strings.HasPrefix(rel, "..") {
		fmt.Fprintf(w, "\tcd %s\n", p.dir)
	} else if rel != "." {
		fmt.Fprintf(w, "\tcd %s\n", rel)
	}
	fmt.Fprint(w, "\tgo test ./...\n\tgo run .\n")
}

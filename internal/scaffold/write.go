package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/actorgen/actorgen/internal/generate"
)

// A project is one to be written.
type project struct {
	*target
	origin origin
	files  []file
}

// plan finds out what to write, and that nothing is in its way. It changes nothing.
func plan(dir, modulePath, replace string) (*project, error) {
	t, err := locate(dir, modulePath)
	if err != nil {
		return nil, err
	}
	if err := t.outsideWorkspace(); err != nil {
		return nil, err
	}
	var o origin
	if !t.has {
		if o, err = originOf(replace); err != nil {
			return nil, err
		}
	}
	name := t.importPath
	if prefix, _, ok := module.SplitPathVersion(name); ok { // example.com/shop/v2 is called shop
		name = prefix
	}
	list, err := files(path.Base(name), t.importPath)
	if err != nil {
		return nil, err
	}
	return &project{t, o, list}, t.vacant(list)
}

// write writes the project, or leaves everything as it was.
func (p *project) write(ctx context.Context) (err error) {
	j := &journal{replaced: map[string][]byte{}}
	defer func() {
		if err == nil {
			return
		}
		if undone := j.undo(); undone != nil {
			err = fmt.Errorf("%w\nand putting things back: %w", err, undone)
		} else {
			err = fmt.Errorf("%w\nnothing was written", err)
		}
	}()
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := j.foresee(filepath.Join(p.root, name)); err != nil {
			return err
		}
	}
	if err := p.add(j, false); err != nil {
		return err
	}
	if err := p.require(ctx); err != nil {
		return err
	}
	if err := p.generate(j); err != nil {
		return err
	}
	if err := p.add(j, true); err != nil {
		return err
	}
	if p.fresh {
		return p.run(ctx, "mod", "tidy")
	}
	return ctx.Err()
}

// add writes the files that are tests, or those that are not.
func (p *project) add(j *journal, tests bool) error {
	for _, f := range p.files {
		if f.isTest() != tests {
			continue
		}
		err := j.write(filepath.Join(p.dir, filepath.FromSlash(f.name)), f.content)
		if err != nil && (f.name != readme || !errors.Is(err, os.ErrExist)) {
			return err
		}
	}
	return nil
}

// require has the module get actorgen, as a tool and as a library. A module that has it keeps its version.
func (p *project) require(ctx context.Context) error {
	edit := []string{"mod", "edit", "-tool=" + toolPath}
	if p.fresh {
		if err := p.run(ctx, "mod", "init", p.importPath); err != nil {
			return err
		}
	}
	if !p.has {
		edit = append(edit, "-require="+modulePath+"@"+p.origin.version)
		if p.origin.checkout != "" {
			edit = append(edit, "-replace="+modulePath+"="+p.origin.checkout)
		}
	}
	if err := p.run(ctx, edit...); err != nil {
		return err
	}
	// This gets what the tool needs, which is all that its generated code needs, and writes go.sum. "go get" would ask the
	// proxy for modules called as the tool's package, too, which a replacement does not answer.
	if err := p.run(ctx, "list", "-mod=mod", "-deps", toolPath); err != nil {
		return fmt.Errorf("getting actorgen %s and what it needs: %w", p.origin.version, err)
	}
	return nil
}

// generate writes what is generated.
func (p *project) generate(j *journal) error {
	plan, err := generate.Make(p.dir, []string{"./" + generated}, generate.Options{})
	if err != nil {
		return fmt.Errorf("generating: %w", err)
	}
	if len(plan.Problems) > 0 {
		return fmt.Errorf("generating: %s: this is a defect of actorgen, please report it", plan.Problems[0].Rel(p.dir))
	}
	for _, f := range plan.Write {
		if err := j.foresee(f.Path); err != nil {
			return err
		}
	}
	return plan.Apply()
}

// run runs the go command in the project. What it says is told if it fails.
func (p *project) run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("running go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimRight(string(out), "\n"))
	}
	return nil
}

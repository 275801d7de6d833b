// Package generate runs the generator from patterns to files: load, check, emit, and then all files or none.
package generate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/actorgen/actorgen/internal/check"
	"github.com/actorgen/actorgen/internal/emit"
	"github.com/actorgen/actorgen/internal/load"
	"github.com/actorgen/actorgen/internal/model"
)

// A Plan is what a run would do to the files.
type Plan struct {
	Run      *model.Run
	Problems []model.Problem // sorted; if there are any, nothing is to be written
	Write    []emit.File     // those whose content is not yet what it should be
	Remove   []string        // generated files that are no longer due
	Kept     int             // files that are as they should be
}

// Options say what to generate.
type Options = emit.Options

// Make finds out what to do for the packages that the patterns name, relative to dir. It changes nothing.
func Make(dir string, patterns []string, options Options) (*Plan, error) {
	run, problems, err := load.Load(dir, patterns)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Run: run}
	plan.Problems = model.SortProblems(append(problems, check.Run(run, !options.NoFixtures)...))
	if len(plan.Problems) > 0 {
		return plan, nil
	}
	files, err := emit.Files(run, options)
	if err != nil {
		return nil, err
	}
	return plan, plan.compare(files)
}

// compare finds out which files have to change.
func (p *Plan) compare(files []emit.File) error {
	due := map[string]bool{}
	for _, f := range files {
		due[f.Path] = true
		old, err := os.ReadFile(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			p.Write = append(p.Write, f)
		case err != nil:
			return fmt.Errorf("reading what is to be replaced: %w", err)
		case bytes.Equal(bytes.ReplaceAll(old, []byte("\r\n"), []byte("\n")), f.Content): // git may have put the \r there
			p.Kept++
		case !load.IsGenerated(f.Path, old):
			return fmt.Errorf("%s was not written by actorgen: rename it, generated code needs the name", f.Path)
		default:
			p.Write = append(p.Write, f)
		}
	}
	for _, pkg := range p.Run.Packages { // only those that were asked for know their generated files
		for _, file := range pkg.Generated {
			if !due[file] {
				p.Remove = append(p.Remove, file)
			}
		}
	}
	slices.Sort(p.Remove)
	p.Remove = slices.Compact(p.Remove)
	return nil
}

// Apply writes and removes files. Each is replaced as a whole or not at all.
func (p *Plan) Apply() error {
	for _, f := range p.Write {
		if err := replace(f.Path, f.Content); err != nil {
			if path := (*fs.PathError)(nil); errors.As(err, &path) {
				err = path.Err // the user need not know of the file beside it
			}
			return fmt.Errorf("writing %s: %w: is the folder writable?", f.Path, err)
		}
	}
	for _, file := range p.Remove {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("removing what is no longer due: %w", err)
		}
		// The fixtures' folder goes with its last file; one with other files in it stays.
		_ = os.Remove(filepath.Dir(file))
	}
	return nil
}

// replace writes a file beside the old one and puts it in its place.
func replace(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".actorgen-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	if _, err := tmp.Write(content); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

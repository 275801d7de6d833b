package scaffold

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// A journal knows what init has done to the files, to undo it.
type journal struct {
	added    []string          // files and folders, in the order in which they were made
	replaced map[string][]byte // what files were before
}

// mkdir makes a folder and those above it.
func (j *journal) mkdir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := j.mkdir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	j.added = append(j.added, dir)
	return nil
}

// write writes a file that is not there yet.
func (j *journal) write(path string, content []byte) error {
	if err := j.mkdir(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	j.added = append(j.added, path)
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// foresee notes a file, and its folder, that somebody else is about to write or to change.
func (j *journal) foresee(path string) error {
	old, err := os.ReadFile(path)
	switch {
	case err == nil:
		j.replaced[path] = old
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := j.mkdir(filepath.Dir(path)); err != nil {
		return err
	}
	j.added = append(j.added, path)
	return nil
}

// undo leaves everything as it was.
func (j *journal) undo() error {
	var failed []error
	for _, path := range slices.Backward(j.added) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	for path, content := range j.replaced {
		failed = append(failed, os.WriteFile(path, content, 0o644))
	}
	return errors.Join(failed...)
}

// isNotDir tells whether a path leads through something that is no folder.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

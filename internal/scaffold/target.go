package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// A target is where the project goes.
type target struct {
	dir        string // absolute; it need not be there
	root       string // of the module, which is dir unless the project becomes a part of a module that is there
	fresh      bool   // there is no module yet
	importPath string // of dir
	has        bool   // the module has actorgen already
}

// locate finds out what module the folder belongs to, or is to be. An empty modulePath leaves it to the folder's place and
// name.
func locate(dir, modulePath string) (*target, error) {
	t := &target{dir: dir, root: dir}
	for at := dir; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && !info.IsDir() {
			return nil, fmt.Errorf("%s is a file: name a folder", at)
		}
		mod, err := os.ReadFile(filepath.Join(at, "go.mod"))
		switch {
		case err == nil && modulePath == "":
			return t, t.within(at, mod)
		case err == nil && at == dir:
			return nil, fmt.Errorf("%s has a go.mod already: leave out -module", dir)
		case err == nil:
			return t, t.found(modulePath) // of its own in another one, as was asked for
		case !missing(err):
			return nil, err
		case at == filepath.Dir(at):
			return t, t.found(modulePath)
		}
	}
}

// missing tells whether a file is not there, nor can be.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || isNotDir(err)
}

// within makes the project packages of the module at root.
func (t *target) within(root string, mod []byte) error {
	t.root = root
	rel, err := filepath.Rel(root, t.dir)
	if err != nil {
		return err
	}
	parsed, err := modfile.Parse(filepath.Join(root, "go.mod"), mod, nil)
	if err != nil {
		return err
	}
	for _, r := range parsed.Require {
		t.has = t.has || r.Mod.Path == modulePath
	}
	own := modfile.ModulePath(mod)
	switch {
	case own == "":
		return fmt.Errorf("%s names no module: correct it first", filepath.Join(root, "go.mod"))
	case own == modulePath:
		return fmt.Errorf("%s is inside actorgen itself: choose a folder outside, or make it a module of its own with -module", t.dir)
	}
	rel = filepath.ToSlash(rel)
	for _, element := range strings.Split(rel, "/") {
		if element == "vendor" || element == "testdata" || rel != "." && strings.ContainsAny(element[:1], "._") {
			return fmt.Errorf("the go command leaves out folders called %s: choose another place for the project", element)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "vendor", "modules.txt")); err == nil {
		return fmt.Errorf("module %s keeps its dependencies in a vendor folder, which init does not touch: choose a folder outside, or make the project a module of its own with -module", own)
	}
	t.importPath = path.Join(own, rel)
	if err := module.CheckImportPath(t.importPath); err != nil {
		return fmt.Errorf("%w: choose another name for the folder", err)
	}
	return nil
}

// found makes the project a module of its own.
func (t *target) found(modulePath string) error {
	t.fresh, t.importPath = true, modulePath
	if modulePath == "" {
		name := filepath.Base(t.dir)
		t.importPath = "example.com/" + name
		if module.CheckImportPath(t.importPath) != nil || name == "." {
			return fmt.Errorf("%q makes no module path: name one with -module, as in -module example.com/shop", name)
		}
		return nil
	}
	if err := module.CheckImportPath(modulePath); err != nil {
		return fmt.Errorf("-module: %w: write one such as example.com/shop", err)
	}
	return nil
}

// outsideWorkspace refuses a new module below a go.work file: the go command builds nothing of a module that is not listed there.
func (t *target) outsideWorkspace() error {
	if !t.fresh {
		return nil
	}
	cmd := exec.Command("go", "env", "GOWORK")
	for cmd.Dir = t.dir; ; cmd.Dir = filepath.Dir(cmd.Dir) {
		if _, err := os.Stat(cmd.Dir); err == nil || cmd.Dir == filepath.Dir(cmd.Dir) {
			break
		}
	}
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("running go env: %w", err)
	}
	if work := strings.TrimSpace(string(out)); work != "" && work != "off" {
		return fmt.Errorf("%s belongs to the workspace %s, which does not know the new module: set GOWORK=off for init, then run go work use in the new folder", t.dir, work)
	}
	return nil
}

// vacant tells whether nothing is in the way of the files, and if it is, what.
func (t *target) vacant(list []file) error {
	entries, err := os.ReadDir(t.dir)
	if err != nil && !missing(err) {
		return err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") {
			return fmt.Errorf("there is Go code in %s already, %s: choose another folder", t.dir, e.Name())
		}
	}
	for _, name := range folders(list) {
		dir := filepath.Join(t.dir, name)
		entries, err := os.ReadDir(dir)
		switch {
		case err == nil && len(entries) > 0:
			return fmt.Errorf("%s is there already, with %s: init would write a package there, so move it or choose another folder", dir, entries[0].Name())
		case isNotDir(err):
			return fmt.Errorf("%s is a file, and init would write a package there: move it or choose another folder", dir)
		case err != nil && !missing(err):
			return err
		}
	}
	return nil
}

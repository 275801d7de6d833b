// Package scaffold writes the small project of "actorgen init": all of it, or nothing.
package scaffold

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"github.com/actorgen/actorgen/templates"
)

// A file is one of the project's that are not generated.
type file struct {
	name    string // in the project, with slashes
	content []byte
}

// isTest tells whether the file may use fixtures, which are generated from the files that are no tests.
func (f file) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// readme is the one file of the project that may be there already. Then it stays.
const readme = "README.md"

// generated is the package of the project that the generator runs for.
const generated = "stock"

// files fills in the templates for a project of that name and import path.
func files(name, importPath string) ([]file, error) {
	const root = "init"
	var found []file
	err := fs.WalkDir(templates.FS, root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t, err := template.ParseFS(templates.FS, at)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, struct{ Name, Module string }{name, importPath}); err != nil {
			return err
		}
		found = append(found, file{strings.TrimSuffix(strings.TrimPrefix(at, root+"/"), ".tmpl"), b.Bytes()})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("filling in the templates: %w", err)
	}
	return found, nil
}

// folders are those that the files lie in, below the project's own.
func folders(list []file) []string {
	var found []string
	for _, f := range list {
		if dir := path.Dir(f.name); dir != "." && (len(found) == 0 || found[len(found)-1] != dir) {
			found = append(found, dir)
		}
	}
	return found
}

package load

import (
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// condition is the build constraint that the file is compiled under, by its name and its //go:build line, or "" if it always
// is.
func condition(name string, file *ast.File) string {
	if file == nil { // its name is all that is known of it
		file = &ast.File{}
	}
	var expr constraint.Expr
	for _, tag := range namedTags(filepath.Base(name)) {
		expr = and(expr, &constraint.TagExpr{Tag: tag})
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if comment.Pos() < file.Package && constraint.IsGoBuild(comment.Text) {
				if line, err := constraint.Parse(comment.Text); err == nil {
					expr = and(expr, line)
				}
			}
		}
	}
	if expr == nil {
		return ""
	}
	return expr.String()
}

// conditionOf is the build constraint of the file in a package outside the run that declares something.
func (tr *translator) conditionOf(obj types.Object) string {
	name := tr.at(obj.Pos()).File
	if dir := tr.dirs[obj.Pkg().Path()]; dir != "" { // with -trimpath the position is no path
		name = filepath.Join(dir, filepath.Base(name))
	}
	c, ok := tr.conditions[name]
	if !ok {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			file = nil
		}
		c = condition(name, file)
		tr.conditions[name] = c
	}
	return c
}

func and(x, y constraint.Expr) constraint.Expr {
	if x == nil {
		return y
	}
	return &constraint.AndExpr{X: x, Y: y}
}

// namedTags are the system and the architecture that a file's name ends with: epoll_linux_amd64.go.
func namedTags(base string) []string {
	base, _, _ = strings.Cut(base, ".")
	parts := strings.Split(strings.TrimSuffix(base, "_test"), "_")[1:]
	switch n := len(parts); {
	case n >= 2 && isSystem(parts[n-2]) && isSystem(parts[n-1]):
		return parts[n-2:]
	case n >= 1 && isSystem(parts[n-1]):
		return parts[n-1:]
	}
	return nil
}

// isSystem tells whether the go command knows the word as a system or an architecture: whether on another one it leaves out a
// file with the word in its name.
func isSystem(word string) bool {
	nowhere := build.Context{GOOS: "none", GOARCH: "none", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p\n")), nil
	}}
	compiled, err := nowhere.MatchFile("", "x_"+word+".go")
	return err == nil && !compiled
}

// importsC tells whether the file is one for cgo.
func importsC(file *ast.File) bool {
	for _, imp := range file.Imports {
		if imp.Path.Value == `"C"` {
			return true
		}
	}
	return false
}

// usesCgo tells whether a file of the package is one for cgo.
func usesCgo(p *packages.Package) bool { return slices.ContainsFunc(p.Syntax, importsC) }

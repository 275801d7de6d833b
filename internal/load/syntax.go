package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// parse reads the files of packages, unless it has.
func parse(fset *token.FileSet, roots []*packages.Package, source map[*packages.Package]bool) error {
	var failed error
	packages.Visit(roots, nil, func(p *packages.Package) {
		if source[p] && p.Syntax == nil && failed == nil {
			failed = parsePackage(fset, p, slices.Contains(roots, p))
		}
	})
	return failed
}

// parsePackage reads the package's files: those that the generator wrote as if they were empty, unless nothing will be
// generated.
func parsePackage(fset *token.FileSet, p *packages.Package, generated bool) error {
	files := p.CompiledGoFiles
	if files == nil {
		files = p.GoFiles
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading a source file: %w", err)
		}
		read := parseWithoutGenerated
		if !generated {
			read = parseAll
		}
		file, err := read(fset, name, src)
		var list scanner.ErrorList
		if errors.As(err, &list) {
			for _, e := range list {
				p.Errors = append(p.Errors, packages.Error{Pos: e.Pos.String(), Msg: e.Msg, Kind: packages.ParseError})
			}
		}
		if file != nil {
			p.Syntax = append(p.Syntax, file)
		}
	}
	return nil
}

func parseAll(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	return parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
}

// parseWithoutGenerated parses a file, or no more than a package clause in the place of one that the generator wrote.
func parseWithoutGenerated(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	if !IsGenerated(name, src) {
		return parseAll(fset, name, src)
	}
	file, err := parser.ParseFile(fset, name, src, parser.PackageClauseOnly)
	if err != nil { // not even that is left of it
		clause := "package " + packageName(name) + "\n"
		return parser.ParseFile(fset, name, clause, parser.PackageClauseOnly)
	}
	return file, nil
}

// packageName reads the package's name off the files beside a broken one.
func packageName(name string) string {
	files, err := goFiles(token.NewFileSet(), filepath.Dir(name), parser.PackageClauseOnly, func(other string) bool {
		return !strings.HasSuffix(other, "_test.go")
	})
	if err != nil || len(files) == 0 {
		return "_"
	}
	return files[0].Name.Name
}

// inOrder returns the packages that were read from source, those they import first.
func inOrder(roots []*packages.Package) []*packages.Package {
	var order []*packages.Package
	seen := map[*packages.Package]bool{}
	var visit func(p *packages.Package)
	visit = func(p *packages.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		paths := make([]string, 0, len(p.Imports))
		for path := range p.Imports {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		for _, path := range paths {
			visit(p.Imports[path])
		}
		if len(p.Syntax) > 0 || slices.Contains(roots, p) { // one of tests alone has no syntax
			order = append(order, p)
		}
	}
	for _, p := range roots {
		visit(p)
	}
	return order
}

// goFiles parses the Go files in dir that the generator did not write and that keep accepts by name. What does not parse
// is the compiler's to report: whatever could be read of it counts.
func goFiles(fset *token.FileSet, dir string, mode parser.Mode, keep func(name string) bool) ([]*ast.File, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a package's folder: %w", err)
	}
	var files []*ast.File
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.ContainsRune("._", rune(name[0])) || !keep(name) {
			continue
		}
		path := filepath.Join(dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading a source file: %w", err)
		}
		if IsGenerated(path, src) {
			continue
		}
		if file, _ := parser.ParseFile(fset, path, src, mode); file != nil && file.Name != nil {
			files = append(files, file)
		}
	}
	return files, nil
}

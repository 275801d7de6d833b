package load

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// mode asks for syntax and types of the packages named, and for the export data of what they import: a tenth of the time
// that loading all of it from source takes.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
	packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedModule

// list loads the packages that the patterns name, as if nothing had been generated yet: a stale generated file is worse
// than none, for its errors look like the user's. Packages of the same module that they import are loaded in the same way if
// they have annotations; go generate may come to them later. So are the packages of contracts that they implement. asked are the packages that the patterns name.
func list(dir string, patterns []string) (roots []*packages.Package, asked map[string]bool, fset *token.FileSet, err error) {
	fset = token.NewFileSet()
	roots, err = loadPackages(fset, dir, patterns)
	if err != nil {
		return nil, nil, nil, err
	}
	asked = map[string]bool{}
	for _, p := range roots {
		if unreadable(p) {
			return nil, nil, nil, errors.New(p.Errors[0].Msg)
		}
		asked[p.PkgPath] = true
	}
	imported, err := annotatedImports(roots)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, path := range contractImports(roots, positions(fset)) {
		if !asked[path] && !slices.Contains(imported, path) {
			imported = append(imported, path)
		}
	}
	if len(imported) == 0 {
		return roots, asked, fset, nil
	}
	fset = token.NewFileSet()
	roots, err = loadPackages(fset, dir, append(imported, patterns...))
	// A contract's package that is not there is its actor's problem, which has a position.
	roots = slices.DeleteFunc(roots, func(p *packages.Package) bool { return !asked[p.PkgPath] && unreadable(p) })
	return roots, asked, fset, err
}

// unreadable tells whether there is nothing of the package.
func unreadable(p *packages.Package) bool { return len(p.CompiledGoFiles) == 0 && len(p.Errors) > 0 }

func loadPackages(fset *token.FileSet, dir string, patterns []string) ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{
		Mode:      mode,
		Dir:       dir,
		Fset:      fset,
		ParseFile: parseWithoutGenerated,
	}, patterns...)
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w", err)
	}
	if len(pkgs) == 0 {
		what := strings.Join(patterns, " ")
		return nil, fmt.Errorf("no package matches %s: \"go list %s\" tells more", what, what)
	}
	return pkgs, nil
}

// annotatedImports returns the paths of packages of the main module, or of the workspace, that the roots import, and that
// have annotations.
func annotatedImports(roots []*packages.Package) ([]string, error) {
	var found []string
	var failed error
	packages.Visit(roots, nil, func(p *packages.Package) {
		if slices.Contains(roots, p) || p.Module == nil || !p.Module.Main {
			return
		}
		for _, file := range p.GoFiles {
			src, err := os.ReadFile(file)
			if err != nil {
				failed = fmt.Errorf("reading an imported package: %w", err)
				return
			}
			if bytes.Contains(src, []byte("//"+tool+":")) && !IsGenerated(file, src) {
				found = append(found, p.PkgPath)
				return
			}
		}
	})
	slices.Sort(found)
	return found, failed
}

// parseWithoutGenerated parses a file, or no more than a package clause in the place of one that the generator wrote.
func parseWithoutGenerated(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	if !IsGenerated(name, src) {
		return parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
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

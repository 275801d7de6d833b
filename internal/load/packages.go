package load

import (
	"bytes"
	"fmt"
	"go/token"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// mode asks where the files of the packages named are, and of all that they import, and for nothing that has to be compiled. What
// is needed of them is read here: package packages would type the named ones with all that is in their functions, and would have
// them compiled with what was generated last.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule

// list loads the packages that the patterns name, as if nothing had been generated yet: a stale generated file is worse
// than none, for its errors look like the user's. Packages of the same module that they import are loaded in the same way if
// they have annotations; go generate may come to them later. So are the packages of contracts that they implement. asked are
// the packages that the patterns name.
func list(dir string, patterns []string) (roots []*packages.Package, asked map[string]bool, fset *token.FileSet, err error) {
	fset = token.NewFileSet()
	roots, err = loadPackages(dir, mode, patterns)
	if err != nil {
		return nil, nil, nil, err
	}
	asked = map[string]bool{}
	for _, p := range roots {
		switch {
		case p.PkgPath == "command-line-arguments":
			return nil, nil, nil, fmt.Errorf("%s: name the package and not its files: a file alone does not tell the import path, which is part of the actors' names", strings.Join(patterns, " "))
		case unreadable(p):
			return nil, nil, nil, notFound(dir, p.Errors[0].Msg)
		}
		asked[p.PkgPath] = true
	}
	if err := parse(fset, roots, only(roots)); err != nil {
		return nil, nil, nil, err
	}
	contracts := contractImports(roots, positions(fset))
	again := mode
	if slices.ContainsFunc(roots, usesCgo) {
		again |= packages.NeedCompiledGoFiles // as cgo has changed them
	}
	if again != mode || slices.ContainsFunc(contracts, func(path string) bool { return !listed(roots, path) }) {
		fset = token.NewFileSet()
		if roots, err = loadPackages(dir, again, append(contracts, patterns...)); err != nil {
			return nil, nil, nil, err
		}
		// A contract's package that is not there is its actor's problem, which has a position.
		roots = slices.DeleteFunc(roots, func(p *packages.Package) bool { return !asked[p.PkgPath] && unreadable(p) })
	}
	imported, err := annotatedImports(roots, contracts)
	if err != nil {
		return nil, nil, nil, err
	}
	roots = append(roots, imported...)
	return roots, asked, fset, gather(dir, fset, roots)
}

// listed tells whether a package is one of the roots, or of those that they import.
func listed(roots []*packages.Package, path string) bool {
	found := false
	packages.Visit(roots, func(p *packages.Package) bool {
		found = found || p.PkgPath == path
		return !found
	}, nil)
	return found
}

// unreadable tells whether there is nothing of the package.
func unreadable(p *packages.Package) bool { return len(p.GoFiles) == 0 && len(p.Errors) > 0 }

func loadPackages(dir string, mode packages.LoadMode, patterns []string) ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{Mode: mode, Dir: dir}, patterns...)
	if err != nil {
		if err := noModule(dir); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("listing packages: %s", goSays(err))
	}
	if len(pkgs) == 0 {
		return nil, noPackage(dir, patterns)
	}
	return pkgs, nil
}

// annotatedImports returns the packages that the roots import and that have annotations: those of the main module, or of the
// workspace, and those of contracts.
func annotatedImports(roots []*packages.Package, contracts []string) ([]*packages.Package, error) {
	var found []*packages.Package
	var failed error
	packages.Visit(roots, nil, func(p *packages.Package) {
		switch {
		case slices.Contains(roots, p):
		case slices.Contains(contracts, p.PkgPath):
			found = append(found, p)
		case p.Module != nil && p.Module.Main:
			annotated, err := hasAnnotations(p)
			if err != nil {
				failed = err
			}
			if annotated {
				found = append(found, p)
			}
		}
	})
	return found, failed
}

// hasAnnotations tells whether a file of the package's, not a generated one, may address the generator.
func hasAnnotations(p *packages.Package) (bool, error) {
	for _, file := range p.GoFiles {
		src, err := os.ReadFile(file)
		if err != nil {
			return false, fmt.Errorf("reading an imported package: %w", err)
		}
		if bytes.Contains(src, []byte("//"+tool+":")) && !IsGenerated(file, src) {
			return true, nil
		}
	}
	return false, nil
}

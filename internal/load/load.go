// Package load reads packages: their syntax, their annotations and their types, into the model. It does not judge what
// it finds, except that it passes on what the compiler would say of the declarations.
package load

import (
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// Load reads the packages that the patterns name, relative to dir. The problems are those of the Go code itself; with them
// the run is as complete as it could be made. An error means that there is no run at all.
func Load(dir string, patterns []string) (*model.Run, []model.Problem, error) {
	roots, asked, fset, err := list(dir, patterns)
	if err != nil {
		return nil, nil, err
	}
	l := &loader{fset: fset, asked: asked, at: positions(fset), sources: map[string]*source{}, run: &model.Run{}}
	l.checker = newChecker(fset, roots)
	isRoot := map[*packages.Package]bool{}
	for _, p := range roots {
		isRoot[p] = true
	}
	var order []*packages.Package
	for _, p := range inOrder(roots) {
		if isRoot[p] {
			order = append(order, p)
			if err := l.source(p); err != nil {
				return nil, nil, err
			}
		}
		if err := l.checker.check(p, l.sources[p.PkgPath]); err != nil {
			return nil, nil, err
		}
	}
	if err := l.model(order); err != nil {
		return nil, nil, err
	}
	if err := l.testsAlone(roots); err != nil {
		return nil, nil, err
	}
	return l.run, l.problems, nil
}

// testsAlone adds the packages that have no files but tests, for the sake of what is annotated there.
func (l *loader) testsAlone(roots []*packages.Package) error {
	for _, p := range roots {
		if len(p.Syntax) > 0 || p.Dir == "" || !l.asked[p.PkgPath] {
			continue
		}
		src := &source{declared: map[string]model.Pos{}, members: map[string]map[string]model.Pos{}}
		if err := l.tests(src, p.Dir, p.Name); err != nil {
			return err
		}
		l.run.Packages = append(l.run.Packages, &model.Package{Path: p.PkgPath, Name: p.Name, Dir: p.Dir, Asked: true, Annotations: src.annotations})
	}
	return nil
}

type loader struct {
	fset     *token.FileSet
	asked    map[string]bool // the packages that the run is for
	at       position
	checker  checker
	sources  map[string]*source
	run      *model.Run
	problems []model.Problem
}

// model makes the model of the run from what was read and typed.
func (l *loader) model(order []*packages.Package) error {
	tr := &translator{at: l.at, defined: map[string]*model.Named{}, owners: map[string]*model.Package{}, sources: l.sources, inMain: map[string]bool{},
		origin: map[*model.Named]*types.Named{}}
	packages.Visit(order, nil, func(p *packages.Package) {
		tr.inMain[p.PkgPath] = p.Module != nil && p.Module.Main
	})
	readers := map[*packages.Package]*reader{}
	for _, p := range order {
		src := l.sources[p.PkgPath]
		pkg := &model.Package{Path: p.PkgPath, Name: p.Name, Asked: l.asked[p.PkgPath], Annotations: src.annotations, Declared: src.declared}
		if len(p.GoFiles) > 0 {
			pkg.Dir = filepath.Dir(p.GoFiles[0])
		}
		l.run.Packages = append(l.run.Packages, pkg)
		tr.owners[p.PkgPath] = pkg
		readers[p] = &reader{translator: tr, pkg: pkg, src: src, typed: l.checker.typed[p]}
	}
	for _, p := range order {
		readers[p].read()
	}
	for _, p := range order {
		for _, a := range readers[p].pkg.Actors {
			l.implementations(readers[p], p, a)
		}
	}
	tr.complete(l.run.Packages)
	broken := map[*packages.Package]bool{}
	for _, p := range order {
		r := readers[p]
		if l.syntax(p) || importsAny(p, broken) {
			broken[p] = true
			r.pkg.Asked = false // whatever else is said of it may follow from what could not be read
		}
		if !r.pkg.Asked {
			continue
		}
		l.report(p, r)
		if err := l.surroundings(p, r.pkg); err != nil {
			return err
		}
	}
	return nil
}

// surroundings notes what lies beside and behind the package: generated files, hand-written fixtures, errors of others.
func (l *loader) surroundings(p *packages.Package, pkg *model.Package) error {
	if pkg.Dir == "" {
		return nil
	}
	fixtures := filepath.Join(pkg.Dir, pkg.Name+model.FixturesSuffix)
	var err error
	if pkg.Generated, err = generatedIn(pkg.Dir, fixtures); err != nil || !pkg.IsAnnotated() {
		return err
	}
	files, err := goFiles(l.fset, fixtures, parser.SkipObjectResolution, func(string) bool { return true })
	if err != nil {
		return err
	}
	src := &source{declared: map[string]model.Pos{}, members: map[string]map[string]model.Pos{}}
	for _, file := range files {
		src.declare(file, l.at)
	}
	pkg.Fixtures = src.declared
	pkg.Imported, err = l.importedErrors(p)
	return err
}

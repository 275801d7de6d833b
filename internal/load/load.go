// Package load reads packages: their syntax, their annotations and their types, into the model. It does not judge what
// it finds, except that it passes on what the compiler would say of the declarations.
package load

import (
	"go/token"
	"go/types"

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
	isRoot := only(roots)
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
	return l.run, l.problems, nil
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
		origin: map[*model.Named]*types.Named{}, dirs: map[string]string{}, conditions: map[string]string{}}
	packages.Visit(order, nil, func(p *packages.Package) {
		tr.inMain[p.PkgPath] = p.Module != nil && p.Module.Main
		tr.dirs[p.PkgPath] = p.Dir
	})
	readers := map[*packages.Package]*reader{}
	for _, p := range order {
		src := l.sources[p.PkgPath]
		pkg := &model.Package{Path: p.PkgPath, Name: p.Name, Dir: p.Dir, Asked: l.asked[p.PkgPath], Annotations: src.annotations,
			Conditions: src.conditions, Declared: src.declared, Imports: src.imported}
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

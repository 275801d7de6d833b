// Package load reads packages: their syntax, their annotations and their types, into the model. It does not judge what
// it finds, except that it passes on what the compiler would say of the declarations.
package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

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
	l.checker = checker{fset: fset, typed: map[*packages.Package]*typed{}}
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

// source reads what the syntax of a package tells, its test files included.
func (l *loader) source(p *packages.Package) error {
	src := &source{declared: map[string]model.Pos{}, members: map[string]map[string]model.Pos{}}
	l.sources[p.PkgPath] = src
	for _, file := range p.Syntax {
		name := l.fset.Position(file.FileStart).Filename
		if base := filepath.Base(name); base == model.ActorFile || base == model.MsgpFile {
			if len(file.Decls) == 0 && len(file.Comments) == 0 {
				continue // the package clause in the place of a generated file
			}
		}
		src.files = append(src.files, file)
		src.annotations = append(src.annotations, annotations(file, l.at, false)...)
		src.declare(file, l.at)
	}
	if len(p.GoFiles) == 0 {
		return nil
	}
	tests, err := goFiles(l.fset, filepath.Dir(p.GoFiles[0]), parser.ParseComments|parser.SkipObjectResolution, func(name string) bool {
		return strings.HasSuffix(name, "_test.go")
	})
	for _, file := range tests {
		src.annotations = append(src.annotations, annotations(file, l.at, true)...)
		if file.Name.Name == p.Name {
			src.declare(file, l.at)
		}
	}
	return err
}

// declare notes the names that the file declares at package level, and the members of its types.
func (s *source) declare(file *ast.File, at position) {
	note := func(name *ast.Ident) {
		if _, ok := s.declared[name.Name]; !ok && name.Name != "_" && name.Name != "init" {
			s.declared[name.Name] = at(name.Pos())
		}
	}
	member := func(typ string, name *ast.Ident) {
		if s.members[typ] == nil {
			s.members[typ] = map[string]model.Pos{}
		}
		if _, ok := s.members[typ][name.Name]; !ok {
			s.members[typ][name.Name] = at(name.Pos())
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if recv := receiver(decl); recv != "" {
				member(recv, decl.Name)
			} else if decl.Recv == nil {
				note(decl.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					note(spec.Name)
					if st, ok := spec.Type.(*ast.StructType); ok {
						for _, field := range st.Fields.List {
							for _, name := range field.Names {
								member(spec.Name.Name, name)
							}
						}
					}
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						note(name)
					}
				}
			}
		}
	}
}

// model makes the model of the run from what was read and typed.
func (l *loader) model(order []*packages.Package) error {
	tr := &translator{at: l.at, defined: map[string]*model.Named{}, owners: map[string]*model.Package{}, sources: l.sources, inMain: map[string]bool{}}
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
		r := readers[p]
		r.read()
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

// importedErrors returns the annotated, exported error variables of the packages that p imports.
func (l *loader) importedErrors(p *packages.Package) ([]*model.ErrorVar, error) {
	var found []*model.ErrorVar
	for path, imp := range p.Imports {
		i := slices.IndexFunc(l.run.Packages, func(q *model.Package) bool { return q.Path == path })
		if i >= 0 {
			for _, v := range l.run.Packages[i].Errors {
				if ast.IsExported(v.Name) {
					found = append(found, v)
				}
			}
			continue
		}
		vars, err := l.scanErrors(imp)
		if err != nil {
			return nil, err
		}
		found = append(found, vars...)
	}
	slices.SortFunc(found, func(v, w *model.ErrorVar) int { return strings.Compare(v.ID(), w.ID()) })
	return found, nil
}

// scanErrors reads the annotated error variables off the source of a package outside the run, if the generator was there.
func (l *loader) scanErrors(p *packages.Package) ([]*model.ErrorVar, error) {
	if len(p.GoFiles) == 0 || !slices.ContainsFunc(p.GoFiles, func(f string) bool { return filepath.Base(f) == model.ActorFile }) {
		return nil, nil
	}
	files, err := goFiles(l.fset, filepath.Dir(p.GoFiles[0]), parser.ParseComments|parser.SkipObjectResolution, func(name string) bool {
		return slices.ContainsFunc(p.GoFiles, func(f string) bool { return filepath.Base(f) == name })
	})
	if err != nil {
		return nil, err
	}
	var list []*model.Annotation
	for _, file := range files {
		list = append(list, annotations(file, l.at, false)...)
	}
	found := slices.DeleteFunc(errorVars(files, list, l.at), func(v *model.ErrorVar) bool { return !ast.IsExported(v.Name) })
	for _, v := range found {
		v.Pkg, v.PkgName = p.PkgPath, p.Name
	}
	return found, nil
}

// report passes on what the compiler would say of the package's declarations. What is inside functions and in the values
// of variables is left to the compiler: it may use methods that are still to be generated, and does not matter here.
func (l *loader) report(p *packages.Package, r *reader) {
	for _, e := range p.Errors {
		if e.Kind == packages.ParseError {
			l.problems = append(l.problems, model.Problem{Pos: parsePos(e.Pos), What: e.Msg, Todo: "correct the syntax first"})
		}
	}
	if !r.pkg.IsAnnotated() {
		return
	}
	for _, e := range r.typed.errors {
		pos := l.at(e.Pos)
		if pos.File == stubFile || strings.HasPrefix(e.Msg, "\t") || inValue(r.src.files, e.Pos) || isSession(e.Msg) {
			continue
		}
		l.problems = append(l.problems, model.Problem{Pos: pos, What: strings.TrimSuffix(firstLine(e.Msg), ":")})
	}
}

// isSession tells whether the compiler misses the type that makes a handler a session: the rules say more about it.
func isSession(message string) bool {
	return strings.HasPrefix(message, "undefined: ") && strings.HasSuffix(message, "."+sessionType)
}

// inValue tells whether the position is in the value of a package-level variable.
func inValue(files []*ast.File, pos token.Pos) bool {
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				for _, value := range spec.(*ast.ValueSpec).Values {
					if value.Pos() <= pos && pos < value.End() {
						return true
					}
				}
			}
		}
	}
	return false
}

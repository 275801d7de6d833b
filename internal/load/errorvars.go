package load

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// readErrorVars finds the package's annotated error variables.
func (r *reader) readErrorVars() {
	r.pkg.Errors = errorVars(r.src.files, r.src.annotations, r.at)
	for _, v := range r.pkg.Errors {
		v.Pkg, v.PkgName = r.pkg.Path, r.pkg.Name
		if obj := r.typed.pkg.Scope().Lookup(v.Name); obj != nil {
			v.IsError = types.Implements(obj.Type(), errorType) || obj.Type() == types.Typ[types.Invalid]
		}
	}
}

// errorVars finds annotated error variables in the syntax of a package.
func errorVars(files []*ast.File, annotations []*model.Annotation, at position) []*model.ErrorVar {
	var found []*model.ErrorVar
	annotated := subjects(annotations, "error", model.OnVar)
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				spec := spec.(*ast.ValueSpec)
				annotation := annotated[spec.Names[0].Name]
				if annotation == nil {
					continue
				}
				for _, name := range spec.Names {
					if name.Name == "_" {
						continue
					}
					found = append(found, &model.ErrorVar{
						Name: name.Name, Pos: at(name.Pos()), HasValue: len(spec.Values) > 0, Annotation: annotation,
					})
				}
			}
		}
	}
	slices.SortFunc(found, func(v, w *model.ErrorVar) int { return cmp.Compare(v.Name, w.Name) })
	return found
}

// importedErrors returns the annotated, exported error variables of the packages that p imports wherever its generated code is
// compiled.
func (l *loader) importedErrors(p *packages.Package, constraint string) ([]*model.ErrorVar, error) {
	var found []*model.ErrorVar
	everywhere := l.sources[p.PkgPath].importsUnder(constraint, l.at)
	for path, imp := range p.Imports {
		if !everywhere[path] {
			continue
		}
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
		list = append(list, annotations(file, l.at, nil)...)
	}
	found := slices.DeleteFunc(errorVars(files, list, l.at), func(v *model.ErrorVar) bool { return !ast.IsExported(v.Name) })
	for _, v := range found {
		v.Pkg, v.PkgName = p.PkgPath, p.Name
	}
	return found, nil
}

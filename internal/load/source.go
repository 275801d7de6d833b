package load

import (
	"go/ast"
	"go/parser"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// A source is a package of the run as syntax: what is known of it before its types are.
type source struct {
	files       []*ast.File // the user's, without tests
	annotations []*model.Annotation
	conditions  map[string]model.Condition // of the files that are not always compiled, by path
	aliases     aliases
	declared    map[string]model.Pos
	imported    map[string]model.Pos            // names that files import packages under
	members     map[string]map[string]model.Pos // fields and methods, by type
	stubs       map[string]model.Role           // the generated types that the stub declares
}

func newSource() *source {
	return &source{conditions: map[string]model.Condition{}, declared: map[string]model.Pos{}, imported: map[string]model.Pos{},
		members: map[string]map[string]model.Pos{}}
}

// source reads what the syntax of a package tells, its test files and those that this build leaves out included.
func (l *loader) source(p *packages.Package) error {
	src := newSource()
	l.sources[p.PkgPath] = src
	for _, file := range p.Syntax {
		name := l.fset.Position(file.FileStart).Filename
		if base := filepath.Base(name); base == model.ActorFile || base == model.MsgpFile {
			if len(file.Decls) == 0 && len(file.Comments) == 0 {
				continue // the package clause in the place of a generated file
			}
		}
		src.files = append(src.files, file)
	}
	src.aliases = aliasesIn(src.files)
	for _, file := range src.files {
		src.annotations = append(src.annotations, annotations(file, l.at, src.aliases)...)
		src.condition(file, l.at, !slices.Contains(p.GoFiles, l.fset.PositionFor(file.FileStart, false).Filename))
		src.declare(file, l.at)
		l.importNames(src, file, p)
	}
	if p.Dir == "" {
		return nil
	}
	tests, err := goFiles(l.fset, p.Dir, parser.ParseComments|parser.SkipObjectResolution, func(name string) bool {
		return strings.HasSuffix(name, "_test.go")
	})
	if err != nil {
		return err
	}
	for _, file := range tests {
		for _, a := range annotations(file, l.at, src.aliases) {
			a.InTest = true
			src.annotations = append(src.annotations, a)
		}
		if file.Name.Name == p.Name {
			src.declare(file, l.at)
			l.importNames(src, file, p)
		}
	}
	return l.leftOut(p, src)
}

// leftOut reads the annotations in the package's files that this build leaves out.
func (l *loader) leftOut(p *packages.Package, src *source) error {
	files, err := goFiles(l.fset, p.Dir, parser.ParseComments|parser.SkipObjectResolution, func(name string) bool {
		return !strings.HasSuffix(name, "_test.go") && slices.Contains(p.IgnoredFiles, filepath.Join(p.Dir, name))
	})
	for _, file := range files {
		if file.Name.Name != p.Name {
			continue // a program beside the package
		}
		for _, a := range annotations(file, l.at, src.aliases) {
			a.LeftOut = true
			src.annotations = append(src.annotations, a)
		}
		src.condition(file, l.at, importsC(file))
	}
	return err
}

// condition notes when the file is compiled.
func (s *source) condition(file *ast.File, at position, cgo bool) {
	name := at(file.Package).File
	if c := (model.Condition{Constraint: condition(name, file), Cgo: cgo}); c != (model.Condition{}) {
		s.conditions[name] = c
	}
}

// importNames notes the names that the file's imports declare in it: generated code must not declare them in the package.
func (l *loader) importNames(s *source, file *ast.File, p *packages.Package) {
	note := func(name string, spec *ast.ImportSpec) {
		if _, ok := s.imported[name]; !ok {
			s.imported[name] = l.at(spec.Pos())
		}
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		imp := p.Imports[path]
		switch {
		case spec.Name == nil && imp != nil:
			note(imp.Name, spec)
		case spec.Name == nil, spec.Name.Name == "_":
		case spec.Name.Name != ".":
			note(spec.Name.Name, spec)
		default:
			if pkg, err := l.checker.imported(p, path); err == nil {
				for _, name := range pkg.Scope().Names() {
					if ast.IsExported(name) {
						note(name, spec)
					}
				}
			}
		}
	}
}

// importsUnder returns the paths that files import which are compiled always, or under the constraint.
func (s *source) importsUnder(constraint string, at position) map[string]bool {
	found := map[string]bool{}
	for _, file := range s.files {
		if c := s.conditions[at(file.Package).File].Constraint; c != "" && c != constraint {
			continue
		}
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				found[path] = true
			}
		}
	}
	return found
}

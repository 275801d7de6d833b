package load

import (
	"go/ast"
	"go/parser"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// A source is a package of the run as syntax: what is known of it before its types are.
type source struct {
	files       []*ast.File // the user's, without tests
	annotations []*model.Annotation
	declared    map[string]model.Pos
	members     map[string]map[string]model.Pos // fields and methods, by type
	stubs       map[string]model.Role           // the generated types that the stub declares
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
	return l.tests(src, filepath.Dir(p.GoFiles[0]), p.Name)
}

// tests reads what the test files of a package tell.
func (l *loader) tests(src *source, dir, name string) error {
	tests, err := goFiles(l.fset, dir, parser.ParseComments|parser.SkipObjectResolution, func(file string) bool {
		return strings.HasSuffix(file, "_test.go")
	})
	for _, file := range tests {
		src.annotations = append(src.annotations, annotations(file, l.at, true)...)
		if file.Name.Name == name {
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

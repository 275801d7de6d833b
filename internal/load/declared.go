package load

import (
	"go/ast"

	"github.com/actorgen/actorgen/internal/model"
)

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
			if recv := s.aliases.receiver(decl); recv != "" {
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
							if name := embeddedName(field); name != nil {
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

// embeddedName is the name of an embedded field, that of its type, or nil if the field is another one.
func embeddedName(field *ast.Field) *ast.Ident {
	if len(field.Names) > 0 {
		return nil
	}
	switch e := core(field.Type).(type) {
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.Ident:
		return e
	}
	return nil
}

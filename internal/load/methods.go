package load

import "go/ast"

// A method is the declaration of a method, or of one of an interface at package level.
type method struct {
	name *ast.Ident
	doc  *ast.CommentGroup
	typ  *ast.FuncType
	decl *ast.FuncDecl // nil for one of an interface
}

// methods indexes the methods that the package's files declare, by "Type.Method".
func (s *source) methods() map[string]method {
	found := map[string]method{}
	add := func(typ string, m method) {
		if key := typ + "." + m.name.Name; typ != "" && found[key].name == nil {
			found[key] = m
		}
	}
	for _, file := range s.files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				add(s.aliases.receiver(decl), method{decl.Name, decl.Doc, decl.Type, decl})
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					eachMethod(spec, func(typ string, field *ast.Field) {
						add(typ, method{field.Names[0], field.Doc, field.Type.(*ast.FuncType), nil})
					})
				}
			}
		}
	}
	return found
}

// eachMethod calls f for the methods that a declaration of an interface names.
func eachMethod(spec ast.Spec, f func(typ string, field *ast.Field)) {
	typ, ok := spec.(*ast.TypeSpec)
	if !ok {
		return
	}
	iface, ok := typ.Type.(*ast.InterfaceType)
	if !ok {
		return
	}
	for _, field := range iface.Methods.List {
		if _, ok := field.Type.(*ast.FuncType); ok && len(field.Names) > 0 {
			f(typ.Name.Name, field)
		}
	}
}

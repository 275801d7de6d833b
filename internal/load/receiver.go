package load

import (
	"go/ast"
	"go/token"
)

// aliases are a package's other names of its own types, each with the type's.
type aliases map[string]string

// aliasesIn finds the aliases that files declare.
func aliasesIn(files []*ast.File) aliases {
	found := aliases{}
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				if spec := spec.(*ast.TypeSpec); spec.Assign.IsValid() {
					if name := typeName(spec.Type); name != "" && name != spec.Name.Name {
						found[spec.Name.Name] = name
					}
				}
			}
		}
	}
	return found
}

// receiver is the name of the type that the method belongs to, or "".
func (as aliases) receiver(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return ""
	}
	name := typeName(decl.Recv.List[0].Type)
	for range as { // no longer, should they name each other
		if other, ok := as[name]; ok {
			name = other
		}
	}
	return name
}

// typeName is the name of a type, of a pointer to it or of an instance of it, or "" if it has none in its own package.
func typeName(expr ast.Expr) string {
	if name, ok := core(expr).(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// core is what a type is a pointer to or an instance of.
func core(expr ast.Expr) ast.Expr {
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		default:
			return expr
		}
	}
}

package load

import (
	"go/ast"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// sessionType is the type of the runtime that a later version makes handlers sessions by.
const sessionType = "SessionServer"

// session is the position of a parameter that would make the handler a session.
func (r *reader) session(typ *ast.FuncType) model.Pos {
	for _, field := range typ.Params.List {
		if s, ok := core(field.Type).(*ast.SelectorExpr); ok && s.Sel.Name == sessionType && r.isRuntime(s.X) {
			return r.at(field.Pos())
		}
	}
	return model.Pos{}
}

// isRuntime tells whether the expression is the name under which its file imports the runtime.
func (r *reader) isRuntime(expr ast.Expr) bool {
	x, ok := expr.(*ast.Ident)
	if !ok {
		return false
	}
	for _, file := range r.src.files {
		if x.Pos() < file.FileStart || file.FileEnd <= x.Pos() {
			continue
		}
		for _, imp := range file.Imports {
			if path, err := strconv.Unquote(imp.Path.Value); err == nil && path == runtimePath {
				return imp.Name == nil && x.Name == "actor" || imp.Name != nil && imp.Name.Name == x.Name
			}
		}
	}
	return false
}

// isSession tells whether the compiler misses the type that makes a handler a session: the rules say more about it.
func isSession(message string) bool {
	return strings.HasPrefix(message, "undefined: ") && strings.HasSuffix(message, "."+sessionType)
}

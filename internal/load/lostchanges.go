package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// lostChanges finds what a method whose receiver is no pointer assigns to fields of its copy. A method that also reads the field,
// or uses the copy as a whole, may mean to change it.
func (r *reader) lostChanges(owner string, f *types.Func, m method) []model.LostChange {
	decl := m.decl
	if _, pointer := types.Unalias(f.Signature().Recv().Type()).(*types.Pointer); pointer || len(decl.Recv.List[0].Names) == 0 || decl.Body == nil {
		return nil
	}
	receiver := decl.Recv.List[0].Names[0].Name
	var found []model.LostChange
	selected, whole := map[*ast.Ident]bool{}, false
	written, read := map[*ast.SelectorExpr]bool{}, map[string]bool{}
	assign := func(expr ast.Expr) {
		s, ok := expr.(*ast.SelectorExpr)
		if !ok {
			return
		}
		// A field that is not declared in the struct itself may be behind a pointer.
		if x, ok := s.X.(*ast.Ident); ok && x.Name == receiver && r.src.members[owner][s.Sel.Name].IsValid() {
			written[s] = true
			found = append(found, model.LostChange{Method: decl.Name.Name, Field: s.Sel.Name, Receiver: receiver, Pos: r.at(s.Pos())})
		}
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, left := range n.Lhs {
					assign(left)
				}
			}
		case *ast.IncDecStmt:
			assign(n.X)
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				selected[x] = true
				read[n.Sel.Name] = read[n.Sel.Name] || !written[n]
			}
		case *ast.Ident:
			whole = whole || n.Name == receiver && !selected[n] // also where another variable gets the name
		}
		return true
	})
	if whole {
		return nil
	}
	return slices.DeleteFunc(found, func(lost model.LostChange) bool { return read[lost.Field] })
}

package load

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// A site is a declaration that a comment documents.
type site struct {
	place   model.Place
	subject string
}

// annotations returns the comments of the file that address the generator, in order, each with what it stands on.
func annotations(file *ast.File, at position, types aliases) []*model.Annotation {
	sites := map[*ast.CommentGroup]site{}
	mark := func(doc *ast.CommentGroup, place model.Place, subject string) {
		if doc != nil {
			sites[doc] = site{place, subject}
		}
	}
	mark(file.Doc, model.OnPackage, file.Name.Name)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if recv := types.receiver(decl); recv != "" {
				mark(decl.Doc, model.OnMethod, recv+"."+decl.Name.Name)
			} else {
				mark(decl.Doc, model.OnFunc, decl.Name.Name)
			}
		case *ast.GenDecl:
			markSpecs(decl, mark)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && field.Doc != nil && sites[field.Doc].place == model.OnNothing {
			name := ""
			if len(field.Names) > 0 {
				name = field.Names[0].Name
			}
			mark(field.Doc, model.OnField, name)
		}
		return true
	})

	var found []*model.Annotation
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if a := parseComment(comment.Slash, comment.Text, at); a != nil {
				a.Doc = at(group.Pos())
				a.Place, a.Subject = sites[group].place, sites[group].subject
				found = append(found, a)
			}
		}
	}
	return found
}

// markSpecs notes what the doc comments in a declaration stand on. The comment above a single declaration is the
// declaration's; above a parenthesis it is nobody's.
func markSpecs(decl *ast.GenDecl, mark func(*ast.CommentGroup, model.Place, string)) {
	if decl.Lparen.IsValid() {
		mark(decl.Doc, model.OnGroup, decl.Tok.String())
	}
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			place := model.OnType
			if _, ok := spec.Type.(*ast.InterfaceType); ok {
				place = model.OnInterface
			}
			if spec.Assign.IsValid() {
				place = model.OnAlias
			}
			mark(specDoc(decl, spec.Doc), place, spec.Name.Name)
			eachMethod(spec, func(typ string, field *ast.Field) {
				mark(field.Doc, model.OnInterfaceMethod, typ+"."+field.Names[0].Name)
			})
		case *ast.ValueSpec:
			place := model.OnVar
			if decl.Tok == token.CONST {
				place = model.OnConst
			}
			mark(specDoc(decl, spec.Doc), place, spec.Names[0].Name)
		}
	}
}

// specDoc is the doc comment of a declaration's only or inner spec.
func specDoc(decl *ast.GenDecl, doc *ast.CommentGroup) *ast.CommentGroup {
	if !decl.Lparen.IsValid() {
		return decl.Doc
	}
	return doc
}

// subjects finds, in a package's annotations, the well-formed directive of that name on each place.
func subjects(list []*model.Annotation, name string, places ...model.Place) map[string]*model.Annotation {
	found := map[string]*model.Annotation{}
	for _, a := range list {
		if a.Form == model.Directive && a.Name == name && !a.InTest && !a.LeftOut && slices.Contains(places, a.Place) && found[a.Subject] == nil {
			found[a.Subject] = a
		}
	}
	return found
}

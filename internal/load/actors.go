package load

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// A reader fills the model of one package from its syntax and types.
type reader struct {
	*translator
	pkg     *model.Package
	src     *source
	typed   *typed
	methods map[string]method // by "Type.Method"
}

// read fills the package.
func (r *reader) read() {
	r.methods = r.src.methods()
	r.readTypes("message")
	r.readTypes("error") // an error is a message too
	r.readUnions()
	r.readErrorVars()
	r.readContracts()
	actors := subjects(r.src.annotations, "actor", model.OnType)
	for name, annotation := range actors {
		if obj, ok := r.typed.pkg.Scope().Lookup(name).(*types.TypeName); ok {
			r.pkg.Actors = append(r.pkg.Actors, r.actor(obj, annotation))
		}
	}
	slices.SortFunc(r.pkg.Actors, func(a, b *model.Actor) int { return a.Pos.Compare(b.Pos) })
}

// actor reads an actor. Its handlers are the methods that are declared on the type itself: what is promoted belongs to the
// embedded type, which may be an actor too.
func (r *reader) actor(obj *types.TypeName, annotation *model.Annotation) *model.Actor {
	a := &model.Actor{Contract: &model.Contract{Pkg: r.pkg, Name: obj.Name(), Pos: r.at(obj.Pos()), Annotation: annotation},
		Methods: r.src.members[obj.Name()]}
	if named, ok := obj.Type().(*types.Named); ok {
		a.Generic = named.TypeParams().Len() > 0
		a.Under = r.typ(named.Underlying()).Kind
	}
	handlers := subjects(r.src.annotations, "handler", model.OnMethod)
	r.eachMethodOf(a.Name, func(f *types.Func, m method) {
		annotation := handlers[a.Name+"."+f.Name()]
		_, hook := model.HookSignatures[f.Name()]
		if annotation != nil || hook {
			a.Lost = append(a.Lost, r.lostChanges(a.Name, f, m)...)
		}
		if annotation != nil {
			a.Handlers = append(a.Handlers, r.handler(a.Contract, f, m, annotation))
		}
		if hook {
			a.Hooks = append(a.Hooks, &model.Hook{Name: f.Name(), Pos: r.at(f.Pos()), Signature: bareSignature(f)})
		}
	})
	a.Hooks = append(a.Hooks, r.promotedHooks(obj)...)
	slices.SortFunc(a.Hooks, func(g, h *model.Hook) int { return cmp.Compare(g.Name, h.Name) })
	return a
}

// eachMethodOf calls do for the methods of a type that the package's files declare, in their order.
func (r *reader) eachMethodOf(typ string, do func(f *types.Func, m method)) {
	var found []string
	for key, m := range r.methods {
		if owner, _, _ := strings.Cut(key, "."); owner == typ && r.typed.info.Defs[m.name] != nil {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return r.at(r.methods[a].name.Pos()).Compare(r.at(r.methods[b].name.Pos())) })
	for _, key := range found {
		if f, ok := r.typed.info.Defs[r.methods[key].name].(*types.Func); ok {
			do(f, r.methods[key])
		}
	}
}

func (r *reader) handler(c *model.Contract, f *types.Func, m method, annotation *model.Annotation) *model.Handler {
	sig := f.Signature()
	h := &model.Handler{
		Contract: c, Name: f.Name(), Pos: r.at(f.Pos()), Doc: docText(m.doc), Annotation: annotation,
		Variadic: sig.Variadic(),
	}
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		if i == 0 {
			if h.Context = contextOf(v.Type()); h.Context != model.NoContext {
				continue
			}
			h.First = r.typ(v.Type())
		}
		h.Params = append(h.Params, &model.Param{Name: v.Name(), Pos: r.paramPos(v, f), Type: r.typ(v.Type())})
	}
	for v := range sig.Results().Variables() {
		h.Results = append(h.Results, r.typ(v.Type()))
		h.ResultPos = append(h.ResultPos, r.paramPos(v, f))
	}
	takeSession(h)
	return h
}

// paramPos is where a parameter is declared; an unnamed one is where its type is.
func (r *reader) paramPos(v *types.Var, f *types.Func) model.Pos {
	if v.Pos() != token.NoPos {
		return r.at(v.Pos())
	}
	return r.at(f.Pos())
}

// docText is the comment as prose: without directives, one line of it per line.
func docText(doc *ast.CommentGroup) string {
	return strings.TrimRight(doc.Text(), "\n")
}

// readUnions finds the interfaces annotated as unions, and their variants.
func (r *reader) readUnions() {
	for name, annotation := range subjects(r.src.annotations, "union", model.OnInterface) {
		named, ok := r.typeNamed(name)
		if !ok {
			continue
		}
		n := r.named(named)
		n.Annotation = annotation
		iface, ok := named.Underlying().(*types.Interface)
		r.pkg.Unions = append(r.pkg.Unions, n)
		if !ok || n.Generic {
			continue
		}
		for _, arg := range annotation.Args {
			if arg.HasValue {
				continue
			}
			v := &model.Variant{Pos: arg.Pos, Text: arg.Key}
			bare, pointer := strings.CutPrefix(arg.Key, "*")
			if t, ok := r.typeNamed(bare); ok {
				var typ types.Type = t
				if pointer {
					typ = types.NewPointer(t)
				}
				v.Type = r.typ(typ)
				v.Implements = types.Implements(typ, iface)
			}
			n.Variants = append(n.Variants, v)
		}
	}
	slices.SortFunc(r.pkg.Unions, func(m, n *model.Named) int { return cmp.Compare(m.Name, n.Name) })
}

// typeNamed returns the defined type of the package that has the name.
func (r *reader) typeNamed(name string) (*types.Named, bool) {
	obj, ok := r.typed.pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil, false
	}
	named, ok := obj.Type().(*types.Named)
	return named, ok
}

// readTypes finds the types annotated with the directive.
func (r *reader) readTypes(directive string) {
	for name, annotation := range subjects(r.src.annotations, directive, model.OnType) {
		named, ok := r.typeNamed(name)
		if !ok {
			continue
		}
		n := r.named(named)
		n.Annotation = annotation
		if !slices.Contains(r.pkg.Types, n) {
			r.pkg.Types = append(r.pkg.Types, n)
		}
	}
	slices.SortFunc(r.pkg.Types, func(m, n *model.Named) int { return cmp.Compare(m.Name, n.Name) })
}

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
	pkg   *model.Package
	src   *source
	typed *typed
	docs  map[string]*ast.FuncDecl // methods, by "Type.Method"
}

// read fills the package.
func (r *reader) read() {
	r.docs = methods(r.src.files)
	r.readTypes("message")
	r.readTypes("error") // an error is a message too
	r.readUnions()
	r.readErrorVars()
	actors := subjects(r.src.annotations, "actor", model.OnType)
	for name, annotation := range actors {
		if obj, ok := r.typed.pkg.Scope().Lookup(name).(*types.TypeName); ok {
			r.pkg.Actors = append(r.pkg.Actors, r.actor(obj, annotation))
		}
	}
	slices.SortFunc(r.pkg.Actors, func(a, b *model.Actor) int { return a.Pos.Compare(b.Pos) })
}

// methods indexes the method declarations of a package's files.
func methods(files []*ast.File) map[string]*ast.FuncDecl {
	found := map[string]*ast.FuncDecl{}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				if recv := receiver(f); recv != "" && found[recv+"."+f.Name.Name] == nil {
					found[recv+"."+f.Name.Name] = f
				}
			}
		}
	}
	return found
}

func (r *reader) actor(obj *types.TypeName, annotation *model.Annotation) *model.Actor {
	a := &model.Actor{Pkg: r.pkg, Name: obj.Name(), Pos: r.at(obj.Pos()), Annotation: annotation}
	if named, ok := obj.Type().(*types.Named); ok {
		a.Generic = named.TypeParams().Len() > 0
		a.Under = r.typ(named.Underlying()).Kind
	}
	handlers := subjects(r.src.annotations, "handler", model.OnMethod)
	for key, decl := range r.docs {
		owner, name, _ := strings.Cut(key, ".")
		if owner != a.Name {
			continue
		}
		f, ok := r.typed.info.Defs[decl.Name].(*types.Func)
		if !ok {
			continue
		}
		if annotation := handlers[key]; annotation != nil {
			a.Handlers = append(a.Handlers, r.handler(a, f, decl, annotation))
		}
		if _, ok := model.HookSignatures[name]; ok {
			a.Hooks = append(a.Hooks, r.hook(name, f))
		}
	}
	slices.SortFunc(a.Handlers, func(g, h *model.Handler) int { return g.Pos.Compare(h.Pos) })
	slices.SortFunc(a.Hooks, func(g, h *model.Hook) int { return cmp.Compare(g.Name, h.Name) })
	return a
}

func (r *reader) handler(a *model.Actor, f *types.Func, decl *ast.FuncDecl, annotation *model.Annotation) *model.Handler {
	sig := f.Signature()
	h := &model.Handler{
		Actor: a, Name: f.Name(), Pos: r.at(f.Pos()), Doc: docText(decl.Doc), Annotation: annotation,
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
	h.Session = r.session(decl)
	for v := range sig.Results().Variables() {
		h.Results = append(h.Results, r.typ(v.Type()))
		h.ResultPos = append(h.ResultPos, r.paramPos(v, f))
	}
	return h
}

// paramPos is where a parameter is declared; an unnamed one is where its type is.
func (r *reader) paramPos(v *types.Var, f *types.Func) model.Pos {
	if v.Pos() != token.NoPos {
		return r.at(v.Pos())
	}
	return r.at(f.Pos())
}

func (r *reader) hook(name string, f *types.Func) *model.Hook {
	sig := f.Signature()
	path := func(p *types.Package) string {
		if p.Path() == runtimePath {
			return "actor"
		}
		return p.Path()
	}
	// Names of parameters and results are the user's to choose.
	bare := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range t.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, nil, "", types.Unalias(v.Type())))
		}
		return types.NewTuple(vars...)
	}
	plain := types.NewSignatureType(nil, nil, nil, bare(sig.Params()), bare(sig.Results()), sig.Variadic())
	return &model.Hook{Name: name, Pos: r.at(f.Pos()), Signature: strings.TrimPrefix(types.TypeString(plain, path), "func")}
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

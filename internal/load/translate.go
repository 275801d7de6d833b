package load

import (
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// Where the types are that the generator knows.
const (
	runtimePath = model.RuntimePath
	contextPath = "context"
	protoPath   = "google.golang.org/protobuf/reflect/protoreflect"
)

// A translator turns types of the type checker into the model's. It makes one model.Named for each defined type.
type translator struct {
	at      position
	defined map[string]*model.Named // by canonical text
	owners  map[string]*model.Package
	sources map[string]*source // by import path
	inMain  map[string]bool    // packages of the main module, by import path
	origin  map[*model.Named]*types.Named

	dirs       map[string]string // of packages, by import path
	conditions map[string]string // of files of packages outside the run
}

// shortly qualifies names with the name of their package.
func shortly(p *types.Package) string { return p.Name() }

// typ translates a type. It looks at what underlies a defined type only if the run may have to write it.
func (tr *translator) typ(t types.Type) *model.Type {
	if t == nil {
		return &model.Type{Kind: model.Invalid}
	}
	out := tr.shape(types.Unalias(t))
	out.Text = canonical(out)
	out.Short = types.TypeString(t, shortly)
	if alias, ok := t.(*types.Alias); ok {
		out.Alias = tr.alias(alias)
	}
	if out.Kind != model.Invalid && out.Kind != model.TypeParam {
		out.Size, out.Align = sizeof(t)
	}
	return out
}

// sizeof is the size and alignment of a type; those of one that is not fully known are a guess.
func sizeof(t types.Type) (size, align int64) {
	defer func() {
		if recover() != nil { // the type checker's sizes panic for types it found faulty
			size, align = model.CellLimit+1, 8
		}
	}()
	return sizes.Sizeof(t), sizes.Alignof(t)
}

func (tr *translator) alias(a *types.Alias) *model.Alias {
	obj := a.Obj()
	if obj.Pkg() == nil {
		return nil // any
	}
	if obj.Parent() != obj.Pkg().Scope() {
		return nil // declared inside a function
	}
	if a.TypeArgs().Len() > 0 {
		return nil // Go's compiler, at 1.26, hangs over some instances of generic aliases in the signatures of methods
	}
	return &model.Alias{Pkg: obj.Pkg().Path(), PkgName: obj.Pkg().Name(), Name: obj.Name()}
}

func (tr *translator) shape(t types.Type) *model.Type {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.Invalid {
			return &model.Type{Kind: model.Invalid}
		}
		return &model.Type{Kind: model.Basic, Name: types.Typ[t.Kind()].Name()}
	case *types.Named:
		out := &model.Type{Kind: model.Defined, Named: tr.named(t)}
		for arg := range t.TypeArgs().Types() {
			out.Args = append(out.Args, tr.typ(arg))
		}
		return out
	case *types.Pointer:
		return &model.Type{Kind: model.Pointer, Elem: tr.typ(t.Elem())}
	case *types.Slice:
		return &model.Type{Kind: model.Slice, Elem: tr.typ(t.Elem())}
	case *types.Array:
		return &model.Type{Kind: model.Array, Len: t.Len(), Elem: tr.typ(t.Elem())}
	case *types.Map:
		return &model.Type{Kind: model.Map, Key: tr.typ(t.Key()), Elem: tr.typ(t.Elem())}
	case *types.Struct:
		return tr.structure(t)
	case *types.Chan:
		dir := map[types.ChanDir]model.ChanDir{types.SendOnly: model.SendOnly, types.RecvOnly: model.ReceiveOnly}[t.Dir()]
		return &model.Type{Kind: model.Chan, Chan: dir, Elem: tr.typ(t.Elem())}
	case *types.Signature:
		return tr.signature(t)
	case *types.Interface:
		return tr.iface(t)
	case *types.TypeParam:
		return &model.Type{Kind: model.TypeParam, Name: t.Obj().Name()}
	}
	return &model.Type{Kind: model.Invalid}
}

func (tr *translator) structure(t *types.Struct) *model.Type {
	out := &model.Type{Kind: model.Struct}
	for i := range t.NumFields() {
		f := t.Field(i)
		out.Fields = append(out.Fields, &model.Field{
			Name: f.Name(), Pos: tr.at(f.Pos()), Type: tr.typ(f.Type()),
			Embedded: f.Embedded(), Exported: f.Exported(), Tag: t.Tag(i),
		})
	}
	return out
}

func (tr *translator) signature(t *types.Signature) *model.Type {
	out := &model.Type{Kind: model.Func, Variadic: t.Variadic()}
	for p := range t.Params().Variables() {
		out.Params = append(out.Params, tr.typ(p.Type()))
		out.Names = append(out.Names, p.Name())
	}
	for r := range t.Results().Variables() {
		out.Results = append(out.Results, tr.typ(r.Type()))
	}
	return out
}

func (tr *translator) iface(t *types.Interface) *model.Type {
	out := &model.Type{Kind: model.Interface}
	for m := range t.ExplicitMethods() {
		out.Methods = append(out.Methods, &model.Method{Name: m.Name(), Func: tr.typ(m.Signature())})
	}
	for e := range t.EmbeddedTypes() {
		out.Embeds = append(out.Embeds, tr.typ(e))
	}
	return out
}

// named translates a defined type, once.
func (tr *translator) named(t *types.Named) *model.Named {
	key, obj := types.TypeString(t, nil), t.Obj()
	if n := tr.defined[key]; n != nil {
		return n
	}
	n := &model.Named{Name: obj.Name(), Pos: tr.at(obj.Pos()), Exported: obj.Exported()}
	n.Generic = t.TypeParams().Len() > 0
	tr.defined[key] = n
	if obj.Pkg() == nil {
		n.Underlying = &model.Type{Kind: model.Interface, Text: "interface", Short: obj.Name()}
		return n
	}
	n.Pkg, n.PkgName = obj.Pkg().Path(), obj.Pkg().Name()
	n.Owner, n.InMain = tr.owners[n.Pkg], tr.inMain[n.Pkg]
	n.ErrorBy = errorBy(t)
	if !n.IsTime() {
		n.Encoding = encodingOf(t, n.Owner != nil || n.InMain)
	}
	tr.origin[n] = t
	if n.Owner != nil {
		src := tr.sources[n.Pkg]
		n.Constraint = src.conditions[n.Pos.File].Constraint
		n.Role = src.stubs[n.Name]
		n.Members = src.members[n.Name]
		n.Codec = hasAll(n.Members, "MarshalMsg", "UnmarshalMsg", "Msgsize") && codecOf(t) != nil
		n.Binds = methodOf(t, "BindRefs") != nil
		if n.Generic {
			n.Underlying = tr.kind(t.Underlying()) // its instances may have no end
		} else {
			n.Underlying = tr.typ(t.Underlying())
		}
		return n
	}
	tr.outside(n, t)
	return n
}

// outside fills in a type of a package that is not part of the run, so that nothing depends on which packages are: what was
// generated for it there counts as in its own run.
func (tr *translator) outside(n *model.Named, t *types.Named) {
	marshal := codecOf(t)
	n.Codec = marshal != nil
	n.Binds = n.Codec && methodOf(t, "BindRefs") != nil
	file := func(o types.Object) string { return filepath.Base(tr.at(o.Pos()).File) }
	switch {
	case file(t.Obj()) == model.ActorFile && n.Codec:
		n.Role = model.RefRole
	case file(t.Obj()) == model.ActorFile && methodOf(t, "AppendArgs") != nil:
		n.Role = model.ArgsRole
	case file(t.Obj()) == model.ActorFile:
		n.Role = model.HandleRole
	case n.Codec && file(marshal) == model.MsgpFile && t.TypeArgs().Len() == 0:
		n.Generated = true
		n.Underlying = tr.typ(t.Underlying())
		return
	}
	n.Underlying = tr.kind(t.Underlying())
	if n.Underlying.Kind == model.Struct {
		n.Constraint = tr.conditionOf(t.Obj())
	}
}

// codecOf returns the MarshalMsg of a type that has all methods of a serializer itself. One that it gets from an embedded
// field would encode that field alone.
func codecOf(t *types.Named) *types.Func {
	marshal, unmarshal, size := methodOf(t, "MarshalMsg"), methodOf(t, "UnmarshalMsg"), methodOf(t, "Msgsize")
	bytes := types.NewSlice(types.Typ[types.Byte])
	through := signatureOf([]types.Type{bytes}, bytes, types.Universe.Lookup("error").Type())
	switch {
	case marshal == nil || !types.Identical(marshal.Signature(), through):
	case unmarshal == nil || !types.Identical(unmarshal.Signature(), through):
	case size == nil || !types.Identical(size.Signature(), signatureOf(nil, types.Typ[types.Int])):
	default:
		return marshal
	}
	return nil
}

// methodOf returns the method that is declared on the type or its pointer.
func methodOf(t *types.Named, name string) *types.Func {
	for m := range t.Methods() {
		if m.Name() == name {
			return m
		}
	}
	return nil
}

func signatureOf(params []types.Type, results ...types.Type) *types.Signature {
	tuple := func(list []types.Type) *types.Tuple {
		var vars []*types.Var
		for _, t := range list {
			vars = append(vars, types.NewParam(token.NoPos, nil, "", t))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, tuple(params), tuple(results), false)
}

// kind translates a type as far as its kind.
func (tr *translator) kind(t types.Type) *model.Type {
	if _, ok := t.(*types.Basic); ok {
		return tr.typ(t)
	}
	out := &model.Type{Kind: model.Invalid}
	switch t.(type) {
	case *types.Pointer:
		out.Kind = model.Pointer
	case *types.Slice:
		out.Kind = model.Slice
	case *types.Array:
		out.Kind = model.Array
	case *types.Map:
		out.Kind = model.Map
	case *types.Struct:
		out.Kind = model.Struct
	case *types.Chan:
		out.Kind = model.Chan
	case *types.Signature:
		out.Kind = model.Func
	case *types.Interface:
		out.Kind = model.Interface
	}
	return out
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

func errorBy(t *types.Named) model.ErrorBy {
	switch {
	case types.IsInterface(t):
		return model.NoError
	case types.Implements(t, errorType):
		return model.ErrorByValue
	case types.Implements(types.NewPointer(t), errorType):
		return model.ErrorByPointer
	}
	return model.NoError
}

func hasAll(members map[string]model.Pos, names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		_, ok := members[name]
		return !ok
	})
}

// isNamed tells whether t is pkg.name, under whatever name a file imports the package.
func isNamed(t types.Type, pkg, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == pkg && named.Obj().Name() == name
}

// contextOf tells what kind of context a parameter takes.
func contextOf(t types.Type) model.Context {
	if isNamed(t, contextPath, "Context") {
		return model.StdContext
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok && isNamed(p.Elem(), runtimePath, "Context") {
		return model.ActorContext
	}
	return model.NoContext
}

func positions(fset *token.FileSet) position {
	return func(pos token.Pos) model.Pos {
		p := fset.Position(pos)
		return model.Pos{File: p.Filename, Line: p.Line, Col: p.Column}
	}
}

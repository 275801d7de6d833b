package emit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tinylib/msgp/gen"

	"github.com/actorgen/actorgen/internal/model"
)

// msgpFile writes actor_msgp_gen.go: the serializers of all that crosses a wire. It returns nil if nothing does.
func (w *writer) msgpFile() ([]byte, error) {
	var body bytes.Buffer
	t := &trees{pkg: w.pkg, imports: w.imports, conversions: w.conversions, recursive: w.recursive, repairs: &repairs{codec: w.imports[codecPath].name}}
	for _, n := range w.wire {
		if err := t.serializer(&body, n, n.Name, ""); err != nil {
			return nil, fmt.Errorf("type %s: %w", n.Name, err)
		}
	}
	for _, g := range w.guests {
		if err := t.guest(&body, g); err != nil {
			return nil, fmt.Errorf("type %s: %w", g.Type.Short, err)
		}
	}
	for _, a := range w.actors {
		for _, h := range a.handlers {
			if h.Local() {
				continue
			}
			if err := t.print(&body, t.params(h)); err != nil {
				return nil, fmt.Errorf("arguments of %s.%s: %w", a.Name, h.Name, err)
			}
			for _, v := range h.values() {
				if err := t.print(&body, tuple(v.Name, t.item("value", v.Type))); err != nil {
					return nil, fmt.Errorf("%s of %s.%s: %w", strings.ToLower(v.Field), a.Name, h.Name, err)
				}
			}
		}
	}
	for _, a := range w.ports {
		text, err := t.text(t.portArgs(a), gen.Marshal, gen.Size)
		if err != nil {
			return nil, fmt.Errorf("what ports of %s take: %w", a.Type.Short, err)
		}
		body.WriteString(text)
	}
	for _, u := range w.unions {
		t.union(&body, u)
	}
	if body.Len() == 0 {
		return nil, nil
	}
	return w.assemble(body.Bytes())
}

// A tree is a type as msgp/gen sees it, with what the text it prints is adjusted by.
type tree struct {
	name    string
	elem    gen.Elem
	kind    model.Kind
	byValue bool   // MarshalMsg and Msgsize are to have value receivers
	limit   uint32 // of its elements, for a type that is no struct: a struct's fields have their own
}

// rootLimit begins the names that msgp/gen prints for the limit of a type as a whole, and declares nowhere.
const rootLimit = "actorgen"

// printing is held while msgp/gen prints: it counts names in variables of its own package.
var printing sync.Mutex

// print writes the methods of one type, each from a tree that is named anew: with receivers that are always pointers,
// msgp/gen leaves names behind that collide with those of the next method.
func (t *trees) print(out *bytes.Buffer, root tree) error {
	text, err := t.text(root, gen.Marshal, gen.Unmarshal, gen.Size)
	out.WriteString(text)
	return err
}

func (t *trees) text(root tree, methods ...gen.Method) (string, error) {
	var text strings.Builder
	printing.Lock()
	defer printing.Unlock()
	root.elem.AlwaysPtr(ptr(!root.byValue))
	for _, method := range methods {
		root.elem.SetVarname("z")
		parenthesize(root.elem)
		var printed bytes.Buffer
		printer := gen.NewPrinter(method, &printed, nil)
		if root.limit > 0 {
			printer.ArrayLimit, printer.MapLimit, printer.LimitPrefix = root.limit, root.limit, rootLimit
		}
		if err := printer.Print(root.elem); err != nil {
			return "", err
		}
		text.WriteString(dereference(printed.String(), root.elem))
	}
	repaired := t.repairs.apply(text.String(), root)
	t.repairs.keys = nil
	return repaired, nil
}

func ptr[T any](v T) *T { return &v }

// trees builds msgp/gen's trees from the model's types.
type trees struct {
	pkg     *model.Package
	imports imports
	repairs *repairs

	conversions map[string]string // see writer
	recursive   map[*model.Named]bool
	inside      bool // a recursive type is being printed
}

// root is the tree of a type that gets methods, under its name in this package.
func (t *trees) root(n *model.Named, name string) tree {
	out := tree{name: name, kind: n.Underlying.Kind, byValue: isByValue(n)}
	switch u := n.Underlying; u.Kind {
	case model.Struct:
		out.elem = &gen.Struct{Fields: t.fields(u)}
	case model.Basic:
		out.elem = &gen.BaseElem{Value: primitives[u.Name]}
	default:
		out.elem, out.limit = t.elem(u), limit(u, 0)
	}
	out.elem.Alias(name)
	return out
}

// isByValue tells whether a type has to be encoded by value too: an error that is one by value.
func isByValue(n *model.Named) bool { return n.IsErrorType() && n.ErrorBy == model.ErrorByValue }

// tuple is the tree of a struct that is encoded as an array, which may grow.
func tuple(name string, fields ...gen.StructField) tree {
	s := &gen.Struct{AsTuple: true, AsVarTuple: true, Fields: fields}
	s.Alias(name)
	return tree{name: name, elem: s, kind: model.Struct}
}

// item is a field of a tuple.
func (t *trees) item(name string, typ *model.Type) gen.StructField {
	return gen.StructField{FieldTag: name, FieldName: name, FieldElem: t.elem(typ), FieldLimit: limit(typ, 0)}
}

// params is the tree of a handler's arguments.
func (t *trees) params(h *handler) tree {
	var fields []gen.StructField
	for _, p := range h.params {
		fields = append(fields, t.item(p.name, p.Type))
	}
	return tuple(h.names.Params, fields...)
}

// portArgs is the tree of what is sent to a port.
func (t *trees) portArgs(a *model.PortArgs) tree {
	if a.Type.IsNothing() {
		return tuple(a.Name)
	}
	return tuple(a.Name, t.item("value", a.Type))
}

func (t *trees) fields(s *model.Type) []gen.StructField {
	var list []gen.StructField
	for _, f := range s.Fields {
		if f.Omitted() {
			continue
		}
		tag, _ := f.ParseTag()
		list = append(list, gen.StructField{
			FieldTag: tag.Name, FieldTagParts: []string{tag.Name}, FieldName: f.Name,
			FieldElem: t.elem(f.Type), FieldLimit: limit(f.Type, tag.Limit),
		})
	}
	return list
}

// limit is how many elements a field's slices and maps may have: what its tag says, or the default.
func limit(t *model.Type, tag uint32) uint32 {
	switch {
	case tag > 0:
		return tag
	case t.Under().IsBytes():
		return model.BytesLimit
	}
	return model.DefaultLimit
}

var primitives = map[string]gen.Primitive{
	"bool": gen.Bool, "string": gen.String,
	"int": gen.Int, "int8": gen.Int8, "int16": gen.Int16, "int32": gen.Int32, "int64": gen.Int64,
	"uint": gen.Uint, "uint8": gen.Uint8, "uint16": gen.Uint16, "uint32": gen.Uint32, "uint64": gen.Uint64,
	"float32": gen.Float32, "float64": gen.Float64, "complex64": gen.Complex64, "complex128": gen.Complex128,
}

// elem is the tree of a type where it is used.
func (t *trees) elem(typ *model.Type) gen.Elem {
	switch typ.Kind {
	case model.Basic:
		return &gen.BaseElem{Value: primitives[typ.Name]}
	case model.Defined:
		return t.defined(typ)
	case model.Pointer:
		return &gen.Ptr{Value: t.elem(typ.Elem)}
	case model.Slice:
		if typ.IsBytes() {
			return &gen.BaseElem{Value: gen.Bytes}
		}
		return &gen.Slice{Els: t.elem(typ.Elem)}
	case model.Array:
		if e := typ.Elem; e.Kind == model.Basic && e.Name == "uint8" {
			return &gen.Array{Size: fmt.Sprint(typ.Len), Els: &gen.BaseElem{Value: gen.Byte}}
		}
		return &gen.Array{Size: fmt.Sprint(typ.Len), Els: t.elem(typ.Elem)}
	case model.Map:
		return &gen.Map{Key: t.key(typ.Key), Value: t.elem(typ.Elem), AllowBinMaps: true}
	case model.Struct:
		s := &gen.Struct{Fields: t.fields(typ)}
		s.Alias(t.spell(typ))
		return s
	}
	panic("a type that cannot be sent: " + typ.Short)
}

func (t *trees) defined(typ *model.Type) gen.Elem {
	n := typ.Named
	switch {
	case n.Is(timePath, "Time"):
		return &gen.BaseElem{Value: gen.Time}
	case n.Is(timePath, "Duration"):
		return &gen.BaseElem{Value: gen.Duration}
	case n.Role == model.NotGenerated && !n.Codec && n.Underlying.Kind == model.Basic:
		e := &gen.BaseElem{Value: primitives[n.Underlying.Name]}
		e.Alias(t.spell(typ)) // converts both ways
		return e
	case t.conversions[typ.Text] != "":
		e := ident(t.spell(typ))
		e.Convert, e.ShimToBase = true, t.conversions[typ.Text]
		if t.inside && t.recursive[n] {
			e.ShimToBase = innerCall + e.ShimToBase
		}
		e.Needsref(true) // as z is a pointer, everything in it has an address
		return e
	case t.inside && t.recursive[n]:
		e := ident(t.spell(typ))
		e.Convert, e.ShimToBase = true, innerCall
		return e
	}
	return ident(t.spell(typ))
}

// ident is the tree of a type that has a serializer. (gen.Ident takes some names, such as json.Number, for library types.)
func ident(name string) *gen.BaseElem {
	e := &gen.BaseElem{Value: gen.IDENT}
	e.Alias(name)
	return e
}

// key is the tree of a map's key, which msgp/gen's sizes get wrong unless it is a string or number.
func (t *trees) key(typ *model.Type) gen.Elem {
	e := t.elem(typ)
	if base, ok := e.(*gen.BaseElem); ok && base.Value == gen.IDENT {
		t.repairs.keys = append(t.repairs.keys, base.ToBase())
	}
	return e
}

// spell writes a type as the file's text names it.
func (t *trees) spell(typ *model.Type) string {
	list := func(types []*model.Type) string {
		parts := make([]string, len(types))
		for i, u := range types {
			parts[i] = t.spell(u)
		}
		return strings.Join(parts, ", ")
	}
	switch typ.Kind {
	case model.Defined:
		name := typ.Named.Name
		if typ.Named.Pkg != t.pkg.Path && typ.Named.Pkg != "" {
			name = t.imports[typ.Named.Pkg].name + "." + name
		}
		if len(typ.Args) > 0 {
			name += "[" + list(typ.Args) + "]"
		}
		return name
	case model.Pointer:
		return "*" + t.spell(typ.Elem)
	case model.Slice:
		return "[]" + t.spell(typ.Elem)
	case model.Array:
		return fmt.Sprintf("[%d]%s", typ.Len, t.spell(typ.Elem))
	case model.Map:
		return "map[" + t.spell(typ.Key) + "]" + t.spell(typ.Elem)
	case model.Struct:
		var b strings.Builder
		b.WriteString("struct{")
		for _, f := range typ.Fields {
			if !f.Embedded {
				b.WriteString(f.Name + " ")
			}
			b.WriteString(t.spell(f.Type))
			if f.Tag != "" {
				fmt.Fprintf(&b, " %q", f.Tag)
			}
			b.WriteString("; ")
		}
		return b.String() + "}"
	case model.Chan: // these cannot be sent, but can be type arguments of what can
		return [...]string{"chan ", "chan<- ", "<-chan "}[typ.Chan] + "(" + t.spell(typ.Elem) + ")"
	case model.Func:
		return "func" + t.signature(typ, list)
	case model.Interface:
		var b strings.Builder
		for _, m := range typ.Methods {
			b.WriteString(m.Name + t.signature(m.Func, list) + "; ")
		}
		for _, e := range typ.Embeds {
			b.WriteString(t.spell(e) + "; ")
		}
		return "interface{" + b.String() + "}"
	}
	return typ.Name
}

// signature writes the parameters and results of a function.
func (t *trees) signature(f *model.Type, list func(types []*model.Type) string) string {
	if !f.Variadic {
		return "(" + list(f.Params) + ") (" + list(f.Results) + ")"
	}
	params, last := slices.Clone(f.Params), len(f.Params)-1
	text := ""
	if last > 0 {
		text = list(params[:last]) + ", "
	}
	return "(" + text + "..." + t.spell(params[last].Elem) + ") (" + list(f.Results) + ")"
}

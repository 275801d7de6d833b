package load

import (
	"go/types"
	"reflect"
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// maxInstances is how many instances of one generic type may lie within each other: some lead to ever new ones.
const maxInstances = 4

// complete translates what underlies the types that are sent, as far as a package of the run may have to encode them:
// those of packages outside, and instances of generic types.
func (tr *translator) complete(packages []*model.Package) {
	c := completer{tr, map[*model.Named]bool{}, map[*types.TypeName]int{}}
	for _, pkg := range packages {
		for _, n := range slices.Concat(pkg.Types, pkg.Unions) {
			c.named(n)
		}
		pkg.EachExchanged(c.defined)
	}
}

type completer struct {
	*translator
	seen map[*model.Named]bool
	open map[*types.TypeName]int // instances that the present one lies in
}

func (c *completer) defined(t *model.Type) {
	if taken := t.PortOf(); taken != nil {
		taken.EachPart(c.defined)
		return
	}
	c.named(t.Named)
}

func (c *completer) named(n *model.Named) {
	if c.seen[n] {
		return
	}
	c.seen[n] = true
	if n.Codec && !n.Generated || n.Role != model.NotGenerated || n.Encoding != model.ByParts || n.IsTime() {
		return
	}
	for _, v := range n.Variants {
		v.Type.EachPart(c.defined)
	}
	switch n.Underlying.Kind {
	case model.Struct, model.Slice, model.Array, model.Map:
	default:
		return
	}
	if t := c.origin[n]; t != nil && !n.Codec && (n.Owner == nil || n.Generic) {
		if n.Generic {
			generic := t.Obj()
			if c.open[generic] >= maxInstances {
				n.Endless = true
				return
			}
			c.open[generic]++
			defer func() { c.open[generic]-- }()
		}
		n.Underlying = c.typ(t.Underlying())
		if n.Owner == nil && !n.InMain {
			drop(n.Underlying)
		}
	}
	n.Underlying.EachPart(c.defined)
}

// drop marks the fields of another module's struct that are no part of its value: those that its author keeps out of JSON, and
// markers that take no room.
func drop(t *model.Type) {
	for _, f := range t.Fields {
		f.Dropped = reflect.StructTag(f.Tag).Get("json") == "-" || !f.Exported && f.Type.Size == 0
	}
}

// encodingOf tells how a type encodes itself, without regard to msgp's methods. Methods that it gets from an embedded field
// would encode that field alone. A type of a basic kind is as good as its value. own tells that it is of the main module: then
// somebody can encode fields that are not exported. Whether its package is part of the run must not matter.
func encodingOf(t *types.Named, own bool) model.Encoding {
	hidden := false
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			hidden = hidden || !f.Exported()
		}
	case *types.Slice, *types.Array, *types.Map:
	default:
		return model.ByParts
	}
	bytes, err := types.NewSlice(types.Typ[types.Byte]), types.Universe.Lookup("error").Type()
	has := func(marshal, unmarshal string) bool {
		m, u := methodOf(t, marshal), methodOf(t, unmarshal)
		return m != nil && u != nil && types.Identical(m.Signature(), signatureOf(nil, bytes, err)) &&
			types.Identical(u.Signature(), signatureOf([]types.Type{bytes}, err))
	}
	reflect := methodOf(t, "ProtoReflect")
	switch {
	case reflect != nil && reflect.Signature().Results().Len() == 1 && isNamed(reflect.Signature().Results().At(0).Type(), protoPath, "Message"):
		return model.ByProto
	case has("MarshalBinary", "UnmarshalBinary"):
		return model.ByBinary
	case has("MarshalText", "UnmarshalText"):
		return model.ByText
	case hidden && !own && has("MarshalJSON", "UnmarshalJSON"):
		return model.ByJSON
	}
	return model.ByParts
}

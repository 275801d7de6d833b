package random

// A want says what a type is to be good for.
type want struct {
	pkg    *Package // that writes it
	depth  int      // how much deeper it may go
	key    bool     // the key of a map
	open   bool     // other packages have to encode it: no names or fields that they do not see
	params []Param  // type parameters that it may use
	final  bool     // it may name no declared type: the Go compiler hangs over generic aliases that lead to themselves
	self   *Decl    // that is being declared: pointers may lead to it
}

func (w want) deeper() want {
	w.depth--
	return w
}

var basics = []string{
	"bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64",
	"complex128", "string", "rune", "byte",
}

// A std is a type of the standard library.
type std struct {
	path, name string
	key        bool
}

var stds = []std{
	{"time", "Time", false}, {"time", "Duration", true}, {"time", "Month", true}, {"net/netip", "Addr", true}, {"net/netip", "AddrPort", true},
	{"net/netip", "Prefix", true}, {"math/big", "Int", false}, {"math/big", "Rat", false}, {"math/big", "Float", false}, {"net/url", "URL", false},
	{"net/url", "Values", false}, {"encoding/json", "RawMessage", false}, {"encoding/json", "Number", true}, {"net", "IPNet", false},
	{"net", "HardwareAddr", false}, {"net/mail", "Address", false}, {"image", "Point", true}, {"image/color", "RGBA", true},
	{"database/sql", "NullString", true}, {"database/sql", "NullTime", false}, {"log/slog", "Level", true}, {"io/fs", "FileMode", true},
	{"regexp", "Regexp", false}, {"image", "Rectangle", true},
}

// typ makes a type that can be sent.
func (g *grower) typ(w want) *Type {
	if w.key {
		return g.key(w)
	}
	n := g.rng.IntN(100)
	switch {
	case n < 25 || w.depth <= 0:
		return g.leaf(w)
	case n < 45:
		if t := g.named(w); t != nil {
			return t
		}
		return g.leaf(w)
	case n < 58:
		return &Type{Kind: Slice, Elem: g.element(w)}
	case n < 68:
		k := w.deeper()
		k.key = true
		return &Type{Kind: Map, Key: g.key(k), Elem: g.element(w)}
	case n < 80:
		return &Type{Kind: Pointer, Elem: g.element(w)}
	case n < 85:
		return &Type{Kind: Array, Len: g.rng.IntN(4), Elem: g.typ(w.deeper())}
	case n < 90:
		return g.structure(w.deeper(), 3)
	case n < 93:
		return &Type{Kind: Port, Elem: g.typ(w.deeper())}
	case len(w.params) > 0:
		return &Type{Kind: Of, Name: w.params[g.rng.IntN(len(w.params))].Name}
	}
	return g.leaf(w)
}

// element makes a type behind a pointer, slice or map: there, a type may lead to itself and to what is declared later.
func (g *grower) element(w want) *Type {
	if w.self != nil && g.rng.IntN(4) == 0 {
		t := &Type{Kind: Named, Decl: w.self}
		for _, p := range w.self.Params {
			t.Args = append(t.Args, &Type{Kind: Of, Name: p.Name})
		}
		return t
	}
	if later := g.later(w); len(later) > 0 && !w.final && g.rng.IntN(5) == 0 {
		return &Type{Kind: Named, Decl: later[g.rng.IntN(len(later))]}
	}
	return g.typ(w.deeper())
}

// later are the package's types that are declared, but not yet filled.
func (g *grower) later(w want) []*Decl {
	var found []*Decl
	for _, d := range g.unfilled {
		if d.Pkg == w.pkg && (!w.open || d.Shared) {
			found = append(found, d)
		}
	}
	return found
}

// leaf makes a type without parts.
func (g *grower) leaf(w want) *Type {
	switch n := g.rng.IntN(10); {
	case n < 5:
		return &Type{Kind: Basic, Name: basics[g.rng.IntN(len(basics))]}
	case n == 5:
		return &Type{Kind: Slice, Elem: &Type{Kind: Basic, Name: "byte"}}
	case n < 8:
		for {
			if s := stds[g.rng.IntN(len(stds))]; !w.key || s.key {
				return &Type{Kind: Std, Path: s.path, Name: s.name}
			}
		}
	}
	if t := g.ref(w); t != nil {
		return t
	}
	return &Type{Kind: Basic, Name: "string"}
}

// ref makes the ref of an actor, if there is one whose ref the package can name.
func (g *grower) ref(w want) *Type {
	var found []*Actor
	for _, p := range append(g.c.Packages, g.pkg) {
		for _, a := range p.Actors {
			if p == w.pkg && !w.open || isExported(a.Name) && !p.IsMain() {
				found = append(found, a)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	a := found[g.rng.IntN(len(found))]
	role := g.chance(2) && (a.Pkg == w.pkg && !w.open || isExported(a.Contract))
	return &Type{Kind: Ref, Actor: a, Role: role}
}

// usable are the declared types that the wanted one may name.
func (g *grower) usable(w want, accept func(d *Decl) bool) []*Decl {
	var found []*Decl
	if w.final {
		return nil
	}
	for _, p := range append(g.c.Packages, g.pkg) {
		for _, d := range p.Decls {
			if d.Kind != ErrorVar && d.Type != nil || d.Kind == Union || d.Kind == Text || d.Kind == Binary || d.Kind == Codec {
				foreign := p != w.pkg || w.open
				if d != w.self && (!foreign || d.Shared) && (!w.key || d.Key) && accept(d) {
					found = append(found, d)
				}
			}
		}
	}
	return found
}

// named makes a declared type, if there is one.
func (g *grower) named(w want) *Type {
	found := g.usable(w, func(d *Decl) bool { return true })
	if len(found) == 0 {
		return nil
	}
	return g.instance(w, found[g.rng.IntN(len(found))])
}

// instance names a declared type, with arguments if it takes any.
func (g *grower) instance(w want, d *Decl) *Type {
	t := &Type{Kind: Named, Decl: d}
	for _, p := range d.Params {
		in := w.deeper()
		in.depth = min(in.depth, 1)
		in.key = w.key || p.Comparable
		t.Args = append(t.Args, g.typ(in))
	}
	return t
}

// key makes a type that can be the key of a map.
func (g *grower) key(w want) *Type {
	w.key = true
	n := g.rng.IntN(10)
	switch {
	case n < 4 || w.depth <= 0:
		t := g.leaf(w)
		if t.Kind == Slice {
			return &Type{Kind: Basic, Name: "string"}
		}
		return t
	case n < 8:
		if t := g.named(w); t != nil {
			return t
		}
	case n == 8:
		return &Type{Kind: Array, Len: 1 + g.rng.IntN(3), Elem: g.key(w.deeper())}
	}
	for _, p := range w.params {
		if p.Comparable {
			return &Type{Kind: Of, Name: p.Name}
		}
	}
	return &Type{Kind: Basic, Name: basics[g.rng.IntN(len(basics))]}
}

// structure makes a struct type.
func (g *grower) structure(w want, most int) *Type {
	t := &Type{Kind: Struct}
	taken, wire := map[string]bool{}, map[string]bool{}
	for range g.rng.IntN(most + 1) {
		f := &Field{}
		if g.rng.IntN(6) == 0 {
			if e := g.embedded(w, taken); e != nil {
				f.Type = e
			}
		}
		if f.Type == nil {
			list := fieldNames
			if !w.open && g.rng.IntN(4) == 0 {
				list = hiddenFields
			}
			f.Name = unique(g.rng, list, taken)
			if !w.open && g.rng.IntN(25) == 0 {
				f.Name = "_"
			}
			f.Type = g.typ(w)
		}
		g.tag(f, wire)
		t.Fields = append(t.Fields, f)
	}
	return t
}

// tag gives a field a tag, and a name on the wire that no other field has.
func (g *grower) tag(f *Field, wire map[string]bool) {
	if f.Name != "_" && f.Name != "" && g.rng.IntN(12) == 0 {
		f.Omit = true
		return
	}
	if g.rng.IntN(5) == 0 {
		f.Wire = unique(g.rng, wireNames, wire)
	}
	name := f.fieldName()
	if f.Wire != "" {
		name = f.Wire
	} else if wire[name] && f.Name != "_" {
		f.Wire = unique(g.rng, wireNames, wire)
	}
	wire[name] = true
	f.JSONOmit = g.rng.IntN(20) == 0
	if k := f.Type.Kind; (k == Slice || k == Map) && f.Name != "" && g.rng.IntN(4) == 0 {
		f.Limit = 40 + g.rng.IntN(100_000)
	}
}

// fieldName is what selectors call the field.
func (f *Field) fieldName() string {
	if f.Name != "" {
		return f.Name
	}
	t := f.Type
	if t.Kind == Pointer {
		t = t.Elem
	}
	switch t.Kind {
	case Named:
		return t.Decl.Name
	case Ref:
		return t.Actor.Names().Ref
	}
	return t.Name
}

// embedded makes the type of an embedded field, if there is one whose name is free.
func (g *grower) embedded(w want, taken map[string]bool) *Type {
	found := g.usable(w, func(d *Decl) bool { return d.Kind != Alias && d.Name != "Error" })
	if len(found) == 0 {
		return nil
	}
	d := found[g.rng.IntN(len(found))]
	if taken[d.Name] || w.open && !isExported(d.Name) {
		return nil
	}
	taken[d.Name] = true
	t := g.instance(w, d)
	if d.Kind != Union && !w.key && g.rng.IntN(3) == 0 {
		t = &Type{Kind: Pointer, Elem: t}
	}
	return t
}

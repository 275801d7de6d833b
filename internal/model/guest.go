package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Encoding says how values of a defined type are written that has no serializer of its own.
type Encoding uint8

// The encodings. A type's own methods win over its parts, binary over text, as encoding/gob has it.
const (
	ByParts  Encoding = iota // by its fields or elements
	ByBinary                 // by MarshalBinary and UnmarshalBinary
	ByText                   // by MarshalText and UnmarshalText
	ByProto                  // as protocol buffers
	ByJSON                   // by MarshalJSON and UnmarshalJSON: types of others, with fields that only they can see
)

// String names the encoding in the schemas of handlers.
func (e Encoding) String() string { return [...]string{"parts", "binary", "text", "proto", "json"}[e] }

// A Guest is a type that is sent and that the package cannot give methods: one of another package, or an instance of a
// generic type. It is encoded as a type of the package's own, which has the methods and which it is converted to.
type Guest struct {
	Type *Type
	Name string // of the package's type: podWire
}

// Guests returns the package's guests, sorted by their types.
func (p *Package) Guests() []*Guest {
	found := p.closure().guests
	slices.SortFunc(found, func(g, h *Guest) int { return cmp.Compare(g.Type.Text, h.Type.Text) })
	taken := p.taken()
	for _, g := range found {
		n := g.Type.Named
		for _, name := range []string{guestName(g.Type), Lower(n.PkgName) + Upper(guestName(g.Type))} {
			if g.Name = name + "Wire"; !taken[g.Name] {
				break
			}
		}
		for i := 2; taken[g.Name]; i++ {
			g.Name = fmt.Sprintf("%sWire%d", guestName(g.Type), i)
		}
		taken[g.Name] = true
	}
	return found
}

// SentUnions returns the unions that the package sends, sorted by their types.
func (p *Package) SentUnions() []*Union {
	found := p.closure().unions
	slices.SortFunc(found, func(u, v *Union) int { return cmp.Compare(u.Type.Text, v.Type.Text) })
	taken := p.taken()
	for _, g := range p.Guests() {
		taken[g.Name] = true
	}
	for _, u := range found {
		u.Name = Lower(u.Type.Named.Name) + "Union"
		for i := 2; taken[u.Name] || taken[u.Convert()]; i++ {
			u.Name = fmt.Sprintf("%sUnion%d", Lower(u.Type.Named.Name), i)
		}
		taken[u.Name], taken[u.Convert()] = true, true
	}
	return found
}

// taken are the names that mean something in the package.
func (p *Package) taken() map[string]bool {
	taken := map[string]bool{}
	for _, names := range []map[string]Pos{p.Declared, p.Imports} {
		for name := range names {
			taken[name] = true
		}
	}
	for _, n := range p.GeneratedNames() {
		taken[n.Name] = true
	}
	return taken
}

// guestName makes a name of a type: pod, pageEntry.
func guestName(t *Type) string {
	name := Lower(t.Named.Name)
	for _, arg := range t.Args {
		name += Upper(slotBase(arg))
	}
	return strings.TrimLeft(name, "_")
}

package model

import (
	"cmp"
	"fmt"
	"slices"
)

// runtimePath is where the runtime's types are.
const runtimePath = "github.com/actorgen/actorgen/runtime/actor"

// PortOf returns the type of the values that a port takes, or nil if the type is no port.
func (t *Type) PortOf() *Type {
	if t.Kind != Defined || !t.Named.Is(runtimePath, "Port") || len(t.Args) != 1 {
		return nil
	}
	return t.Args[0]
}

// IsPortArgs tells whether the type was generated for the port of a cast with several arguments. It encodes itself as those.
func (t *Type) IsPortArgs() bool { return t.Kind == Defined && t.Named.Role == ArgsRole }

// A PortArgs is a type of values that are sent to ports which the package receives. They are encoded as the arguments of
// a cast, by a type of the package's own.
type PortArgs struct {
	Type *Type
	Name string // of the package's type: stringPortArgs
}

// SentPorts returns the types of the values that ports in the package's messages take, sorted.
func (p *Package) SentPorts() []*PortArgs {
	found := p.closure().ports
	slices.SortFunc(found, func(a, b *PortArgs) int { return cmp.Compare(a.Type.Text, b.Type.Text) })
	taken := p.taken()
	for _, g := range p.Guests() {
		taken[g.Name] = true
	}
	for _, u := range p.SentUnions() {
		taken[u.Name], taken[u.Convert()] = true, true
	}
	for _, a := range found {
		base := slotBase(a.Type)
		if a.Type.Kind == Struct {
			base = "struct"
		}
		a.Name = base + "PortArgs"
		for i := 2; taken[a.Name]; i++ {
			a.Name = fmt.Sprintf("%sPortArgs%d", base, i)
		}
		taken[a.Name] = true
	}
	return found
}

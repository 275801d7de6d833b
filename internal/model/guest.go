package model

import "strings"

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

// guestName makes a name of a type: pod, pageEntry.
func guestName(t *Type) string {
	name := Lower(t.Named.Name)
	for _, arg := range t.Args {
		name += Upper(slotBase(arg))
	}
	return strings.TrimLeft(name, "_")
}

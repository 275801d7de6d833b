package model

// A Kind is the shape of a type.
type Kind uint8

// The kinds of types.
const (
	Invalid Kind = iota // the type checker could not tell
	Basic               // Name says which
	Defined             // Named says which
	Pointer
	Slice
	Array
	Map
	Struct
	Chan
	Func
	Interface
	TypeParam
)

// A Type is a Go type as a signature or a field spells it.
type Type struct {
	Kind  Kind
	Text  string // canonical: identical types have equal texts; packages by import path
	Short string // for messages: packages by name

	Name     string // of a basic type, type parameter
	Named    *Named
	Args     []*Type // type arguments of an instantiated generic type
	Key      *Type   // of a map
	Elem     *Type   // of a pointer, slice, array, map, channel
	Len      int64   // of an array
	Fields   []*Field
	Params   []*Type  // of a function
	Names    []string // of its parameters, if they have any
	Variadic bool
	Results  []*Type
	Methods  []*Method // of an interface: its explicit methods
	Embeds   []*Type   // of an interface
	Chan     ChanDir
	Alias    *Alias // the name it was written under

	Size, Align int64 // on a 64-bit machine
}

// A ChanDir is the direction of a channel.
type ChanDir uint8

// The directions of a channel.
const (
	BothWays ChanDir = iota
	SendOnly
	ReceiveOnly
)

// An Alias is the name under which a type was written, without type arguments.
type Alias struct {
	Pkg, PkgName, Name string
}

// A Method is a method of an interface type.
type Method struct {
	Name string
	Func *Type
}

// A Field is one field of a struct type.
type Field struct {
	Name     string
	Pos      Pos
	Type     *Type
	Embedded bool
	Exported bool
	Tag      string // the whole struct tag, unquoted
	Dropped  bool   // nothing of it would be missed: see load
}

// A Role is what a generated type is for.
type Role uint8

// The roles of generated types that user code may name before they exist.
const (
	NotGenerated Role = iota
	RefRole           // XxxRef: travels in messages
	HandleRole        // XxxHandle, XxxClient and the others: stay in their proc
	ArgsRole          // XxxYyyArgs: what a port takes for several arguments
)

// A Named is a defined type. There is one of it in a run for each defined type.
type Named struct {
	Pkg, PkgName, Name string // Pkg is "" for predeclared types (error)
	Pos                Pos
	Exported           bool
	Generic            bool // has type parameters
	Role               Role
	Owner              *Package // its package, if that is part of the run
	InMain             bool     // its package is of the main module
	Constraint         string   // the build constraint of the file that declares it

	// Underlying is complete for types that are sent, and for those of the run's packages; for others it may tell the
	// kind alone.
	Underlying *Type
	Endless    bool // an instance of a generic type that leads to ever new ones

	Annotation *Annotation // message, error or union
	Variants   []*Variant  // of a union
	Codec      bool        // has MarshalMsg, UnmarshalMsg and Msgsize of its own
	Binds      bool        // has BindRefs of its own
	Generated  bool        // Codec was generated, in an earlier run
	Encoding   Encoding    // without Codec
	ErrorBy    ErrorBy     // how it implements error

	// Members are the fields and methods of user's files on the type, by name.
	Members map[string]Pos
}

// ErrorBy says how a type implements error.
type ErrorBy uint8

// The ways to implement error.
const (
	NoError ErrorBy = iota
	ErrorByValue
	ErrorByPointer
)

// ID is the name under which a value of the type travels where its type must be told.
func (n *Named) ID() string { return n.Pkg + "." + n.Name }

// Is tells whether the type is pkg.name.
func (n *Named) Is(pkg, name string) bool { return n != nil && n.Pkg == pkg && n.Name == name }

// IsTime tells whether the type is one of package time's that msgpack has a form for.
func (n *Named) IsTime() bool { return n.Is("time", "Time") || n.Is("time", "Duration") }

// IsOpaque tells whether only hand-written code knows what the type is on the wire.
func (n *Named) IsOpaque() bool { return n.Codec && !n.Generated || n.Encoding != ByParts }

// IsMessage tells whether the type is annotated with message.
func (n *Named) IsMessage() bool { return n.Annotation != nil && n.Annotation.Name == "message" }

// IsErrorType tells whether the type is annotated with error.
func (n *Named) IsErrorType() bool { return n.Annotation != nil && n.Annotation.Name == "error" }

// IsError tells whether the type is the predeclared error.
func (t *Type) IsError() bool {
	return t.Kind == Defined && t.Named.Is("", "error")
}

// Under returns the type itself, or what underlies a defined one.
func (t *Type) Under() *Type {
	if t.Kind == Defined && t.Named.Underlying != nil {
		return t.Named.Underlying
	}
	return t
}

// IsBytes tells whether the type is a slice of bytes.
func (t *Type) IsBytes() bool {
	return t.Kind == Slice && t.Elem != nil && t.Elem.Kind == Basic && t.Elem.Name == "uint8"
}

// EachPart calls f for the defined types that the type spells out, as far as they are sent: itself, if it is one. A nil type
// has none.
func (t *Type) EachPart(f func(part *Type)) {
	if t == nil {
		return
	}
	switch t.Kind {
	case Defined:
		f(t)
	case Pointer, Slice, Array:
		t.Elem.EachPart(f)
	case Map:
		t.Key.EachPart(f)
		t.Elem.EachPart(f)
	case Struct:
		for _, field := range t.Fields {
			if !field.Omitted() {
				field.Type.EachPart(f)
			}
		}
	}
}

// Holds tells whether a value of the type spells out a value of one of the types.
func (t *Type) Holds(types map[*Named]bool) bool {
	found := false
	t.EachPart(func(part *Type) { found = found || types[part.Named] })
	return found
}

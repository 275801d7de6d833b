// Package random makes random annotated packages: trees that a grammar grows from a seed, that are written as Go, and that
// shrink to the smallest that still fails.
package random

import "github.com/actorgen/actorgen/internal/model"

// A Case is a random package with those that it imports, in a folder of its own.
type Case struct {
	Name     string     // of the folder
	Seed     uint64     // that it was grown from
	Packages []*Package // those that others import first; the last has no folder of its own
}

// A Package is one package of a case.
type Package struct {
	Dir    string // in the case's folder; "" for the case's own
	Name   string
	Path   string
	Decls  []*Decl
	Actors []*Actor
	Files  []Style // how each of its files is written
}

// A Style is how a file imports.
type Style struct {
	Rename bool // imports have other names
	Dot    bool // packages of the case, and some of the standard library, are imported without one
	Group  bool // types are declared in parentheses
}

// IsMain tells whether nobody can import the package.
func (p *Package) IsMain() bool { return p.Name == "main" }

// A DeclKind says what a declaration declares.
type DeclKind uint8

// The kinds of declarations.
const (
	Plain    DeclKind = iota // a defined type
	Alias                    // another name for a type
	Union                    // an interface with variants
	Text                     // a struct that encodes itself as text
	Binary                   // a struct that encodes itself in binary
	Codec                    // a struct with a serializer written by hand
	ErrorOf                  // an error type
	ErrorVar                 // an error variable
)

// A Decl is a declaration at package level.
type Decl struct {
	Kind     DeclKind
	Pkg      *Package
	Name     string
	Type     *Type // of Plain, Alias and ErrorOf
	Params   []Param
	Message  bool // annotated as one
	Shared   bool // other packages can send it
	Key      bool // it can be the key of a map
	Pointer  bool // an error by pointer
	Variants []*Variant
	Marker   string // the method of a union
	File     int
}

// A Param is a type parameter.
type Param struct {
	Name       string
	Comparable bool
}

// A Variant is a type that a union may hold.
type Variant struct {
	Decl    *Decl
	Pointer bool
}

// A TypeKind is the shape of a type.
type TypeKind uint8

// The kinds of types.
const (
	Basic TypeKind = iota // Name
	Std                   // Path, Name
	Named                 // Decl, Args
	Ref                   // Actor
	Of                    // Name, of a type parameter
	Pointer
	Slice
	Array
	Map
	Struct
	Port // of Elem
	Raw  // Name, as it is written: what cannot be sent
)

// A Type is a type as it is written.
type Type struct {
	Kind   TypeKind
	Name   string
	Path   string
	Decl   *Decl
	Args   []*Type
	Actor  *Actor
	Role   bool // of a Ref: that of the actor's contract
	Key    *Type
	Elem   *Type
	Len    int
	Fields []*Field
}

// A Field is a field of a struct.
type Field struct {
	Name     string // "" if it is embedded
	Type     *Type
	Wire     string // its name in the msg tag
	Limit    int
	Omit     bool
	JSONOmit bool // `json:"-"`, which is none of msgp's business
}

// An Actor is an actor of a package.
type Actor struct {
	Pkg      *Package
	Name     string
	Wire     string // name=
	Slice    bool   // a named slice, not a struct
	Hooks    []string
	Handlers []*Handler
	Contract string // the interface of its package that it implements; "" is none
	File     int
}

// Names are the names generated for the actor.
func (a *Actor) Names() model.ContractNames { return (&model.Contract{Name: a.Name}).Names() }

// ContractNames are the names generated for the contract.
func (a *Actor) ContractNames() model.ContractNames {
	return (&model.Contract{Name: a.Contract, Interface: true}).Names()
}

// Promised are the handlers that the contract has too.
func (a *Actor) Promised() []*Handler {
	var found []*Handler
	for _, h := range a.Handlers {
		if a.Contract != "" && h.Promised && !h.Local {
			found = append(found, h)
		}
	}
	return found
}

// A Handler is a handler of an actor.
type Handler struct {
	Name                  string
	ID                    string // id=
	Oneway, Local, Inline bool
	Reentrant             bool
	Promised              bool // by the actor's contract
	ByValue               bool // its receiver is no pointer
	ActorContext          bool
	Context               string // the name of its context; "" if its parameters have none
	Params                []*HandlerParam
	Variadic              bool
	Result                *Type
	Talk                  *Talk // of a session
	Stream                *Type // of its values
	Error                 bool
	Doc                   string
	File                  int
}

// A Talk is what travels in a session.
type Talk struct{ Open, In, Out *Type }

// Types are the types in the handler's signature, each where it can be changed.
func (h *Handler) Types() []**Type {
	var list []**Type
	for _, p := range h.Params {
		list = append(list, &p.Type)
	}
	if h.Result != nil {
		list = append(list, &h.Result)
	}
	if h.Stream != nil {
		list = append(list, &h.Stream)
	}
	if h.Talk != nil {
		list = append(list, &h.Talk.Open, &h.Talk.In, &h.Talk.Out)
	}
	return list
}

// A HandlerParam is a parameter of a handler.
type HandlerParam struct {
	Name string
	Type *Type
}

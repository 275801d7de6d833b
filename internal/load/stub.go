package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// refSize is the size in bytes of the runtime's GenRef. What casts fit into a work cell depends on it; a test holds it
// against the runtime.
const refSize = 16

// stub writes the declarations that generated code will make, as far as the declarations of user code can name them, so
// that such code has types before there is generated code. What it says of functions is not true beyond their names: only
// function bodies and the values of variables use them, and those are the compiler's business.
func (s *source) stub(pkg string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n", pkg)
	s.stubs = map[string]model.Role{}
	free := func(name string) bool {
		_, taken := s.declared[name]
		_, stubbed := s.stubs[name] // two would be generated: one is enough here
		return !taken && !stubbed
	}
	contracts := s.contracts()
	if len(contracts) > 0 && free(model.GenRefName) {
		fmt.Fprintf(&b, "type %s struct{}\n", model.GenRefName)
	}
	for _, c := range contracts {
		n := c.Names()
		for name, role := range c.TypeNames() {
			if !free(name) {
				continue
			}
			s.stubs[name] = role
			switch name {
			case n.Client, n.Behavior:
				fmt.Fprintf(&b, "type %s interface{}\n", name)
			case n.Ports:
				fmt.Fprintf(&b, "type %s struct{}\n", name)
			case n.Handle:
				fmt.Fprintf(&b, "type %s struct{ a *struct{} }\n", name)
			case n.Ref:
				fmt.Fprintf(&b, "type %s struct{ ref [%d]uint64 }\n", name, refSize/8)
				fmt.Fprintf(&b, "func (%s) String() string { return \"\" }\n", name)
				fmt.Fprintf(&b, "func (%s) IsZero() bool { return false }\n", name)
				writeCodec(&b, name, func(string) bool { return true })
			}
		}
	}
	for _, h := range s.manyArguments() {
		if name := h.Names().Args; free(name) {
			s.stubs[name] = model.ArgsRole
			fmt.Fprintf(&b, "type %s struct{}\n", name)
		}
	}
	for _, c := range contracts { // after all types: declarations of the user's name those
		for _, name := range c.FuncNames() {
			if free(name) {
				fmt.Fprintf(&b, "func %s() {}\n", name)
			}
		}
	}
	for _, directive := range []string{"message", "error"} {
		for name := range subjects(s.annotations, directive, model.OnType) {
			writeCodec(&b, name, func(method string) bool {
				_, taken := s.members[name][method]
				return !taken
			})
		}
	}
	return b.String()
}

// contracts are the actors and the annotated interfaces, as far as their names.
func (s *source) contracts() []*model.Contract {
	var found []*model.Contract
	for name := range subjects(s.annotations, "actor", model.OnType) {
		found = append(found, &model.Contract{Name: name})
	}
	for name := range subjects(s.annotations, "contract", model.OnInterface) {
		found = append(found, &model.Contract{Name: name, Interface: true})
	}
	slices.SortFunc(found, func(c, d *model.Contract) int { return strings.Compare(c.Name, d.Name) })
	return found
}

// manyArguments are the casts whose ports take a struct: those of several arguments.
func (s *source) manyArguments() []*model.Handler {
	var found []*model.Handler
	decls := s.methods()
	handlers := subjects(s.annotations, "handler", model.OnMethod, model.OnInterfaceMethod)
	for _, c := range s.contracts() {
		for subject, a := range handlers {
			owner, name, _ := strings.Cut(subject, ".")
			if m := decls[subject]; owner == c.Name && m.name != nil && a.Has("oneway") && m.typ.Params.NumFields() > 2 {
				found = append(found, &model.Handler{Contract: c, Name: name})
			}
		}
	}
	return found
}

// writeCodec declares those serializer methods of a type that are free.
func writeCodec(b *strings.Builder, name string, free func(method string) bool) {
	for _, m := range []struct{ name, signature string }{
		{"MarshalMsg", "(b []byte) ([]byte, error) { return b, nil }"},
		{"UnmarshalMsg", "(b []byte) ([]byte, error) { return b, nil }"},
		{"Msgsize", "() int { return 0 }"},
	} {
		if free(m.name) {
			fmt.Fprintf(b, "func (*%s) %s%s\n", name, m.name, m.signature)
		}
	}
}

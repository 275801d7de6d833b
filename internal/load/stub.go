package load

import (
	"fmt"
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
		return !taken
	}
	for actor := range subjects(s.annotations, "actor", model.OnType) {
		a := model.Actor{Name: actor}
		n := a.Names()
		for name, role := range a.TypeNames() {
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
		for _, name := range []string{n.Spawn, n.SpawnAs, n.Ensure, n.Lookup, n.At, n.Self} {
			if free(name) {
				fmt.Fprintf(&b, "func %s() {}\n", name)
			}
		}
	}
	for _, h := range s.manyArguments() {
		if name := h.Names().Args; free(name) {
			s.stubs[name] = model.HandleRole
			fmt.Fprintf(&b, "type %s struct{}\n", name)
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

// manyArguments are the casts whose ports take a struct: those of several arguments.
func (s *source) manyArguments() []*model.Handler {
	var found []*model.Handler
	decls := methods(s.files)
	actors := subjects(s.annotations, "actor", model.OnType)
	for subject, a := range subjects(s.annotations, "handler", model.OnMethod) {
		owner, name, _ := strings.Cut(subject, ".")
		if decl := decls[subject]; decl != nil && actors[owner] != nil && a.Has("oneway") && decl.Type.Params.NumFields() > 2 {
			found = append(found, &model.Handler{Actor: &model.Actor{Name: owner}, Name: name})
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

package check

import (
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// messages judges the types of the package that are sent: what they hold, and what they are called.
func (c *checker) messages(pkg *model.Package) {
	for _, n := range pkg.Types {
		c.annotated(n)
	}
	for _, n := range pkg.Unions {
		c.union(n)
	}
	wire, recursive := pkg.Wire(), pkg.Recursive()
	for _, n := range wire {
		if c.contracts[n.ID()] != nil || unsendable[n.Underlying.Kind] != "" || isC(n) {
			continue // that has been told
		}
		s := sender{checker: c, pkg: pkg}
		switch {
		case n.Encoding != model.ByParts:
		case n.Underlying.Kind == model.Struct:
			s.fields(n.Underlying, n.Name)
		case n.Underlying.Kind != model.Basic:
			s.send(n.Underlying, n.Pos, "type "+n.Name)
		}
		c.members(n, recursive[n])
		if slices.Contains([]string{"b", "bts", "err", "field", "o", "s", "z"}, n.Name) {
			c.add(serializerName.at(n.Pos, n.Name))
		}
	}
}

// unsendable are the kinds that no annotated type can be of.
var unsendable = map[model.Kind]string{
	model.Interface: "an interface", model.Func: "a function", model.Chan: "a channel", model.Pointer: "a pointer with a name",
}

// annotated judges a type that is annotated with message or error.
func (c *checker) annotated(n *model.Named) {
	switch {
	case n.Generic:
		c.add(genericType.at(n.Annotation.Pos, "type "+n.Name, "generic, and only its instances can be sent",
			"remove the directive: an instance can be sent where a handler or a message has it"))
		return
	case n.IsErrorType() && n.ErrorBy == model.NoError:
		c.add(noErrorMethod.at(n.Annotation.Pos, n.Name))
	}
	if what := unsendable[n.Underlying.Kind]; what != "" {
		todo := "annotate the types that are sent"
		if n.Underlying.Kind == model.Interface {
			todo = "make it a union of the types that are sent: //actor:union A B"
		}
		c.add(interfaceMessage.at(n.Annotation.Pos, n.Name, what, todo))
	}
	if n.Codec && n.IsErrorType() {
		c.members(n, false)
	}
}

// members judges the names of a type's own fields and methods beside those that are generated.
func (c *checker) members(n *model.Named, recursive bool) {
	var generated []string
	if !n.Codec {
		generated = []string{"MarshalMsg", "UnmarshalMsg", "Msgsize"}
		if n.Underlying.HasRefs() && !n.Binds {
			generated = append(generated, "BindRefs")
		}
	}
	if n.IsErrorType() {
		generated = append(generated, "ActorErrorID")
	}
	if recursive {
		generated = append(generated, "appendMsg", "readMsg", "nesting")
	}
	for _, name := range generated {
		if pos, ok := n.Members[name]; ok {
			c.add(serializerMember.at(pos, n.Name, name))
		}
	}
}

// errorVars judges the annotated error variables.
func (c *checker) errorVars(pkg *model.Package) {
	for _, v := range pkg.Errors {
		switch {
		case !v.IsError:
			c.add(notAnError.at(v.Pos, v.Name))
		case !v.HasValue:
			c.add(errorWithoutValue.at(v.Pos, v.Name))
		}
	}
}

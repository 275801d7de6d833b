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
	wire := pkg.Wire()
	for _, n := range wire {
		if c.actors[n.ID()] || unsendable[n.Underlying.Kind] != "" {
			continue // that has been told
		}
		s := sender{checker: c, pkg: pkg}
		if n.Encoding != model.ByParts {
			c.members(n)
			continue
		}
		if n.Underlying.Kind == model.Struct {
			s.fields(n.Underlying, n.Name)
		} else if n.Underlying.Kind != model.Basic {
			s.send(n.Underlying, n.Pos, "type "+n.Name)
		}
		c.members(n)
		if slices.Contains([]string{"b", "bts", "err", "field", "o", "s", "z"}, n.Name) {
			c.add(serializerName.at(n.Pos, n.Name))
		}
	}
	c.recursive(wire)
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
		c.add(interfaceMessage.at(n.Annotation.Pos, n.Name, what))
	}
	if n.Codec && n.IsErrorType() {
		c.members(n)
	}
}

// members judges the names of a type's own fields and methods beside those that are generated.
func (c *checker) members(n *model.Named) {
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
	for _, name := range generated {
		if pos, ok := n.Members[name]; ok {
			c.add(serializerMember.at(pos, n.Name, name))
		}
	}
}

// recursive looks for types that contain themselves.
func (c *checker) recursive(wire []*model.Named) {
	told := map[*model.Named]bool{}
	for _, n := range wire {
		if told[n] {
			continue
		}
		if f := c.wayBack(n); f != nil {
			c.add(recursiveType.at(f.pos, f.subject, n.Name))
			for _, m := range f.types {
				told[m] = true
			}
		}
	}
}

// A circle is a way from a type to itself.
type circle struct {
	pos     model.Pos
	subject string
	types   []*model.Named
}

// wayBack finds a way from a type to itself.
func (c *checker) wayBack(n *model.Named) *circle {
	if n.Underlying.Kind != model.Struct {
		if types := c.reaches(n.Underlying, n, map[*model.Named]bool{}); types != nil {
			return &circle{n.Pos, "type " + n.Name, types}
		}
		return nil
	}
	for _, f := range n.Underlying.Fields {
		if f.Omitted() {
			continue
		}
		if types := c.reaches(f.Type, n, map[*model.Named]bool{}); types != nil {
			return &circle{f.Pos, "field " + f.Name + " of " + n.Name, types}
		}
	}
	return nil
}

// reaches returns the types on a way from t to the target, the target included.
func (c *checker) reaches(t *model.Type, target *model.Named, seen map[*model.Named]bool) []*model.Named {
	if t == nil {
		return nil
	}
	switch t.Kind {
	case model.Defined:
		n := t.Named
		if n == target {
			return []*model.Named{n}
		}
		if seen[n] || n.Codec || n.Encoding != model.ByParts || n.Role != model.NotGenerated {
			return nil
		}
		seen[n] = true
		if types := c.reaches(n.Underlying, target, seen); types != nil {
			return append(types, n)
		}
	case model.Struct:
		for _, f := range t.Fields {
			if f.Omitted() {
				continue
			}
			if types := c.reaches(f.Type, target, seen); types != nil {
				return types
			}
		}
	case model.Pointer, model.Slice, model.Array:
		return c.reaches(t.Elem, target, seen)
	case model.Map:
		if types := c.reaches(t.Key, target, seen); types != nil {
			return types
		}
		return c.reaches(t.Elem, target, seen)
	}
	return nil
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

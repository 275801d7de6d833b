package check

import (
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// union judges an interface that is annotated as a union.
func (c *checker) union(n *model.Named) {
	switch {
	case n.Generic:
		c.add(genericType.at(n.Annotation.Pos, "union "+n.Name, "generic", "declare an interface without type parameters"))
		return
	case len(n.Variants) == 0:
		c.add(unionVariant.at(n.Annotation.Pos, n.Name, "anything", "it names no types", "write //actor:union with the types that it may hold: A B *C"))
	}
	seen, written := map[string]bool{}, map[string]bool{}
	for _, v := range n.Variants {
		if written[v.Text] {
			continue // that has been told
		}
		written[v.Text] = true
		bad := func(why, todo string) { c.add(unionVariant.at(v.Pos, n.Name, v.Text, why, todo)) }
		if strings.HasSuffix(v.Text, ",") {
			bad("it ends with a comma", "write spaces between the types, and no commas")
			continue
		}
		if v.Type == nil {
			bad("this package has no such type", "name types that are declared here, or pointers to them")
			continue
		}
		elem := v.Named()
		switch {
		case elem.Generic:
			bad("it is generic", "declare a type of its own for the instance")
		case c.contracts[elem.ID()] != nil:
			bad("it is an actor", "name a struct that holds its ref")
		case unsendable[elem.Underlying.Kind] != "":
			bad("it is "+unsendable[elem.Underlying.Kind], "name types that can be sent")
		case !v.Implements && !v.IsPointer():
			bad("it does not implement "+n.Name, "give it the methods, or write *"+v.Text+" if the pointer has them")
		case !v.Implements:
			bad("it does not implement "+n.Name, "give it the methods")
		case seen[v.Name()]:
			bad("it is there already", "name the type or the pointer to it: they are one on the wire")
		}
		seen[v.Name()] = true
	}
}

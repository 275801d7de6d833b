package check

import (
	"fmt"
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// contract judges an interface that is annotated as a contract.
func (c *checker) contract(k *model.Contract) {
	switch {
	case k.Generic:
		c.add(contractForm.at(k.Pos, k.Name, "has type parameters", "write one contract for each type"))
		return
	case len(k.Embeds) > 0:
		c.add(contractForm.at(k.Pos, k.Name, "embeds "+k.Embeds[0].Short, "write out the methods that it gets from there"))
		return
	case len(k.Handlers) == 0:
		c.add(contractForm.at(k.Pos, k.Name, "has no method", "write those that can be called"))
		return
	case slices.ContainsFunc(k.Pkg.Unions, func(n *model.Named) bool { return n.Name == k.Name }):
		c.add(contractForm.at(k.Pos, k.Name, "is a union too", "remove //actor:union: what is sent are its refs"))
	}
	for _, h := range k.Handlers {
		for _, word := range []string{"local", "reentrant", "inline"} {
			if h.Annotation.Has(word) {
				c.add(contractArgument.at(h.Annotation.Pos, h.String(), word))
			}
		}
		c.handler(h)
	}
}

// implementations holds an actor against the contracts that it says it implements.
func (c *checker) implementations(a *model.Actor) {
	for _, im := range a.Implements {
		switch {
		case im.Name == "":
			continue // that has been told
		case im.Contract == nil:
			c.add(noContract.at(im.Pos, im.Name, im.Why))
			continue
		}
		for _, p := range im.Promised(a) {
			switch {
			case p.Kept != nil:
				if how, todo := unlike(a, p); how != "" {
					c.add(unlikeContract.at(p.Kept.Pos, p.Kept.String(), how, im.Name, todo))
				}
			case a.Methods[p.By.Name].IsValid():
				c.add(notImplemented.at(a.Methods[p.By.Name], a.Name, p.By.Name, im.Name, "put "+directive(p.By)+" above this method"))
			default:
				c.add(notImplemented.at(im.Pos, a.Name, p.By.Name, im.Name, "add "+declaration(a, p.By)+" with "+directive(p.By)+" above it"))
			}
		}
	}
}

// unlike tells how the actor's handler is not what the contract promises, and what to do about it; "" if it is.
func unlike(a *model.Actor, p model.Promise) (how, todo string) {
	above := "write " + directive(p.By) + " above it"
	switch {
	case p.Kept.Local():
		return "is local", above
	case p.By.Oneway() != p.Kept.Oneway():
		return "is a " + p.Kept.KindName(), above
	case p.By.KindName() != p.Kept.KindName():
		return "is a " + p.Kept.KindName(), "write " + declaration(a, p.By)
	case !p.SameTypes():
		return "has other parameters or results", "write " + declaration(a, p.By)
	}
	return "", ""
}

// directive is what makes a method the handler that a contract promises.
func directive(h *model.Handler) string {
	if h.Oneway() {
		return "//actor:handler oneway"
	}
	return "//actor:handler"
}

// declaration is how an actor declares the handler that a contract promises.
func declaration(a *model.Actor, h *model.Handler) string {
	return fmt.Sprintf("func (*%s) %s%s", a.Name, h.Name, h.Signature())
}

package random

import "slices"

// Minimise makes a case smaller for as long as it still fails: it drops what it can, and puts a plain type in the place of a
// larger one. It tries at most so many smaller ones, and returns how many it has tried.
func Minimise(c *Case, tries int, fails func(c *Case) bool) int {
	tried := 0
	for shrunk := true; shrunk; {
		shrunk = false
		for i := 0; ; i++ {
			edits := c.edits()
			if i >= len(edits) {
				break
			}
			if tried == tries {
				return tried
			}
			undo := edits[i]()
			tried++
			if fails(c) {
				shrunk = true
				i-- // what was at this place is gone
				continue
			}
			undo()
		}
	}
	return tried
}

// An edit makes a case smaller, and returns what undoes that.
type edit func() (undo func())

// edits are all ways to make the case smaller by a step, those that drop most first.
func (c *Case) edits() []edit {
	var list []edit
	for _, p := range c.Packages {
		p := p
		for i, a := range p.Actors {
			if !c.uses(func(t *Type) bool { return t.Actor == a }) {
				list = append(list, drop(&p.Actors, i))
			}
		}
	}
	for i, p := range c.Packages[:len(c.Packages)-1] {
		if !c.uses(func(t *Type) bool { return t.Decl != nil && t.Decl.Pkg == p || t.Actor != nil && t.Actor.Pkg == p }) {
			list = append(list, drop(&c.Packages, i))
		}
	}
	for _, p := range c.Packages {
		for i, d := range p.Decls {
			if !c.uses(func(t *Type) bool { return t.Decl == d }) && !c.isVariant(d) {
				list = append(list, drop(&p.Decls, i))
			}
		}
		for _, a := range p.Actors {
			for i := range a.Handlers {
				if len(a.Handlers) > 1 {
					list = append(list, drop(&a.Handlers, i))
				}
			}
		}
	}
	for _, p := range c.Packages {
		list = append(list, p.smaller()...)
	}
	return list
}

// smaller are the ways to make what a package declares smaller.
func (p *Package) smaller() []edit {
	var list []edit
	for _, a := range p.Actors {
		if len(a.Hooks) > 0 {
			list = append(list, set(&a.Hooks, nil))
		}
		list = append(list, clear(&a.Wire)...)
		list = append(list, clear(&a.Contract)...)
		list = append(list, clear(&a.Slice)...)
		for _, h := range a.Handlers {
			for i := range h.Params {
				list = append(list, h.dropParam(i))
			}
			if h.Result != nil {
				list = append(list, set(&h.Result, nil))
			}
			list = append(list, clear(&h.Talk)...)
			list = append(list, clear(&h.Stream)...)
			for _, t := range h.Types() {
				list = append(list, simpler(t, false)...)
			}
			for _, word := range []*bool{&h.Oneway, &h.Local, &h.Inline, &h.Reentrant, &h.Variadic, &h.ActorContext} {
				list = append(list, clear(word)...)
			}
			list = append(list, clear(&h.ID)...)
			list = append(list, clear(&h.Doc)...)
		}
	}
	for _, d := range p.Decls {
		for i := range d.Variants {
			if len(d.Variants) > 1 {
				list = append(list, drop(&d.Variants, i))
			}
		}
		if d.Type != nil {
			list = append(list, simpler(&d.Type, d.Kind != Alias)...)
		}
	}
	for i := range p.Files {
		f := &p.Files[i]
		for _, word := range []*bool{&f.Rename, &f.Dot, &f.Group} {
			list = append(list, clear(word)...)
		}
	}
	return list
}

// simpler are the ways to make a type simpler: an int, a part of it, or with a simpler part. One that underlies a declared type
// cannot be just any.
func simpler(t **Type, underlying bool) []edit {
	var list []edit
	old := *t
	if old.Kind == Of {
		return nil
	}
	if old.Kind != Basic {
		list = append(list, set(t, &Type{Kind: Basic, Name: "int"}))
	}
	if old.Elem != nil && (!underlying || suits(old.Elem)) && old.Elem.Kind != Of {
		list = append(list, set(t, old.Elem))
	}
	for i, f := range old.Fields {
		list = append(list, drop(&old.Fields, i))
		if f.Name != "" {
			list = append(list, simpler(&f.Type, false)...)
		}
		list = append(list, clear(&f.Wire)...)
		list = append(list, clear(&f.Limit)...)
		list = append(list, clear(&f.JSONOmit)...)
	}
	for i := range old.Args {
		list = append(list, simpler(&old.Args[i], false)...)
	}
	if old.Elem != nil {
		list = append(list, simpler(&old.Elem, false)...)
	}
	if old.Key != nil {
		list = append(list, simpler(&old.Key, false)...)
	}
	return list
}

// dropParam drops a parameter, and with the last one what makes it variadic.
func (h *Handler) dropParam(i int) edit {
	return func() func() {
		variadic := h.Variadic
		undo := drop(&h.Params, i)()
		h.Variadic = variadic && i < len(h.Params)
		return func() {
			undo()
			h.Variadic = variadic
		}
	}
}

func drop[T any](list *[]T, i int) edit {
	return func() func() {
		old := *list
		*list = slices.Delete(slices.Clone(old), i, i+1)
		return func() { *list = old }
	}
}

func set[T any](place *T, value T) edit {
	return func() func() {
		old := *place
		*place = value
		return func() { *place = old }
	}
}

// clear is the edit that makes a value zero, if it is not.
func clear[T comparable](place *T) []edit {
	var zero T
	if *place == zero {
		return nil
	}
	return []edit{set(place, zero)}
}

func (c *Case) isVariant(d *Decl) bool {
	for _, p := range c.Packages {
		for _, u := range p.Decls {
			if slices.ContainsFunc(u.Variants, func(v *Variant) bool { return v.Decl == d }) {
				return true
			}
		}
	}
	return false
}

// uses tells whether the case has a type that is as asked for.
func (c *Case) uses(is func(t *Type) bool) bool {
	var in func(t *Type) bool
	in = func(t *Type) bool {
		if t == nil {
			return false
		}
		return is(t) || in(t.Elem) || in(t.Key) || slices.ContainsFunc(t.Args, in) ||
			slices.ContainsFunc(t.Fields, func(f *Field) bool { return in(f.Type) })
	}
	for _, p := range c.Packages {
		for _, d := range p.Decls {
			if in(d.Type) {
				return true
			}
		}
		for _, a := range p.Actors {
			for _, h := range a.Handlers {
				if slices.ContainsFunc(h.Types(), func(t **Type) bool { return in(*t) }) {
					return true
				}
			}
		}
	}
	return false
}

// Move gives a case another name and place.
func (c *Case) Move(prefix, name string) {
	c.Name = name
	for _, p := range c.Packages {
		p.Path = join(prefix, name, p.Dir)
		if p.Dir == "" && !p.IsMain() {
			p.Name = name
		}
	}
}

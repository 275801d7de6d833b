package random

import (
	"fmt"
	"math/rand/v2"
)

// A grower grows a case.
type grower struct {
	rng      *rand.Rand
	c        *Case
	pkg      *Package // that is being grown
	names    *names
	unfilled []*Decl // declared, without a type yet
}

// Grow makes the case of a seed: an annotated package, and up to two that it imports. prefix is the import path of the folder
// that the case's own lies in.
func Grow(prefix, name string, seed uint64) *Case {
	rng := rand.New(rand.NewPCG(seed, 0))
	g := &grower{rng: rng, c: &Case{Name: name, Seed: seed}, names: &names{rng: rng, taken: map[string]bool{}}}
	for range rng.IntN(3) {
		pkg := g.names.rng.IntN(len(packageNames))
		p := &Package{Name: packageNames[pkg], Dir: fmt.Sprintf("d%d/%s", len(g.c.Packages), packageNames[pkg])}
		p.Path = join(prefix, name, p.Dir)
		g.grow(p)
	}
	own := &Package{Name: name, Path: join(prefix, name)}
	if rng.IntN(25) == 0 {
		own.Name = "main"
	}
	g.grow(own)
	return g.c
}

// grow grows a package. One that others import may have no annotations at all.
func (g *grower) grow(p *Package) {
	g.pkg = p
	for range 1 + g.rng.IntN(3) {
		p.Files = append(p.Files, Style{Rename: g.rng.IntN(3) == 0, Dot: g.rng.IntN(4) == 0, Group: g.rng.IntN(3) == 0})
	}
	bare := p.Dir != "" && g.rng.IntN(3) == 0
	if !bare {
		actors := 1 + g.rng.IntN(2)
		if p.Dir != "" {
			actors = g.rng.IntN(2)
		}
		for range actors {
			g.actor(p)
		}
	}
	g.decls(p, bare)
	for _, a := range p.Actors {
		for _, h := range a.Handlers {
			g.signature(p, h)
		}
	}
	g.c.Packages = append(g.c.Packages, p)
}

func (g *grower) chance(n int) bool { return g.rng.IntN(n) == 0 }

// decls grows what a package declares; in a bare one nothing is annotated.
func (g *grower) decls(p *Package, bare bool) {
	add := func(d *Decl) *Decl {
		d.Pkg, d.File = p, g.rng.IntN(len(p.Files))
		exported := bare || !g.chance(4)
		d.Name = g.names.declared(exported)
		d.Shared = exported && !p.IsMain() && (d.Message || bare || g.chance(2))
		p.Decls = append(p.Decls, d)
		return d
	}
	var plain []*Decl
	for range 2 + g.rng.IntN(5) {
		d := &Decl{Key: g.chance(4), Message: !bare && g.chance(3)}
		if g.chance(5) {
			d.Kind, d.Message = Alias, false
		}
		add(d)
		if !d.Message && g.chance(4) {
			g.parameters(d)
		}
		plain = append(plain, d)
		if d.Kind == Plain && len(d.Params) == 0 {
			g.unfilled = append(g.unfilled, d)
		}
	}
	for _, k := range []DeclKind{Text, Binary, Codec} {
		if g.chance(6) {
			d := add(&Decl{Kind: k, Key: true})
			d.Shared = isExported(d.Name) && !p.IsMain()
		}
	}
	var errors []*Decl
	if !bare {
		for range g.rng.IntN(3) {
			d := add(&Decl{Kind: ErrorOf, Pointer: g.chance(2)})
			d.Shared = isExported(d.Name) && !p.IsMain()
			errors = append(errors, d)
		}
		if g.chance(4) {
			add(&Decl{Kind: ErrorVar})
		}
		if g.chance(2) {
			g.union(p, add)
		}
	}
	for _, d := range append(plain, errors...) {
		g.fill(d)
	}
}

// parameters makes a type generic.
func (g *grower) parameters(d *Decl) {
	d.Params = []Param{{Name: "E", Comparable: g.chance(3) || d.Key}}
	if g.chance(3) {
		d.Params = append(d.Params, Param{Name: "F", Comparable: d.Key})
	}
}

// fill gives a declaration its type.
func (g *grower) fill(d *Decl) {
	for i, u := range g.unfilled {
		if u == d {
			g.unfilled = append(g.unfilled[:i:i], g.unfilled[i+1:]...)
		}
	}
	w := want{pkg: d.Pkg, depth: 3, key: d.Key, params: d.Params, open: d.Shared && !d.Message && d.Kind != ErrorOf}
	if d.Kind != Alias {
		w.self = d
	}
	w.final = d.Kind == Alias && len(d.Params) > 0
	if d.Key {
		w.self = nil // a key has no pointers
	}
	for {
		var t *Type
		switch n := g.rng.IntN(10); {
		case d.Kind == Alias:
			t = g.typ(w)
		case n < 6:
			t = g.structure(w, 7)
		case n == 6:
			t = &Type{Kind: Basic, Name: basics[g.rng.IntN(len(basics))]}
		default:
			t = g.typ(w)
		}
		if d.Kind == Alias && t.Kind != Of || suits(t) {
			d.Type = t
			return
		}
	}
}

// suits tells whether the type can underlie one with methods, and be sent by its parts.
func suits(t *Type) bool {
	return t.Kind <= Basic || t.Kind == Slice || t.Kind >= Array && t.Kind <= Struct
}

// union declares a union of types of the package, which are given the method that makes them variants.
func (g *grower) union(p *Package, add func(d *Decl) *Decl) {
	u := add(&Decl{Kind: Union, Message: true})
	u.Marker = fmt.Sprintf("is%d", g.rng.IntN(1000))
	if g.chance(2) {
		u.Marker = "I" + u.Marker
	}
	var found []*Decl
	for _, d := range p.Decls {
		switch d.Kind {
		case Plain, Text, Binary, Codec, ErrorOf:
			if len(d.Params) == 0 && (!u.Shared || isExported(d.Name)) {
				found = append(found, d)
			}
		}
	}
	for _, i := range g.rng.Perm(len(found))[:min(len(found), 1+g.rng.IntN(3))] {
		u.Variants = append(u.Variants, &Variant{Decl: found[i], Pointer: g.chance(2)})
	}
	if len(u.Variants) == 0 {
		d := &Decl{Kind: Plain, Pkg: p, Name: g.names.declared(true), Shared: !p.IsMain(), Type: &Type{Kind: Struct}}
		p.Decls = append(p.Decls, d)
		u.Variants = []*Variant{{Decl: d}}
	}
}

package random

import (
	"fmt"
	"slices"
	"strings"
)

// Calls is the name of the function by which a package tells the driver of itself. It differs between the packages of a case,
// for one may have all names of another.
func (p *Package) Calls() string {
	if p.Dir == "" {
		return "XCallsOwn"
	}
	dir, _, _ := strings.Cut(p.Dir, "/")
	return "XCalls" + strings.ToUpper(dir)
}

// calls writes the file that tells the driver what to call. Its imports have names that nothing else has.
func (p *Package) calls() string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\tzzreflect \"reflect\"\n\n\tzzdrive %q\n", p.Name, drivePath)
	if len(p.Actors) > 0 {
		fmt.Fprintf(&b, "\tzzactor %q\n", runtimePath)
	}
	fmt.Fprintf(&b, ")\n\nvar _ zzreflect.Type\n\n// %s tells what there is to call.\nfunc %s() (zzp zzdrive.Package) {\n", p.Calls(), p.Calls())
	for _, a := range p.Actors {
		state := "&" + a.Name + "{r}"
		fmt.Fprintf(&b, "\tzzp.Actors = append(zzp.Actors, zzdrive.Actor{Name: %q, Spawn: func(p *zzactor.Proc, name string, r *zzdrive.Record) (any, any, any, error) {\n"+
			"\t\th, err := %s(p, name, func() *%s { return %s })\n\t\treturn h, h.Ref(), h.Ports(), err\n\t}, Handlers: []zzdrive.Handler{\n",
			a.Name, a.Names().Spawn, a.Name, state)
		promised := a.Promised()
		for _, h := range a.Handlers {
			fmt.Fprintf(&b, "\t\t{Name: %q, Oneway: %t, Local: %t, Promised: %t, Fails: %t, Stream: %t, Talk: %t, Named: []int{%s}},\n", h.Name, h.Oneway, h.Local, slices.Contains(promised, h),
				h.Error || h.Result != nil || h.Stream != nil, h.Stream != nil, h.Talk != nil, strings.Trim(strings.ReplaceAll(fmt.Sprint(h.named()), " ", ", "), "[]"))
		}
		b.WriteString("\t}")
		if len(promised) > 0 {
			fmt.Fprintf(&b, ", Contract: func(ref any) (any, any) {\n\t\tc := %s(ref.(%s))\n\t\treturn c, c.Ports()\n\t}", a.ContractNames().RefOf, a.Names().Ref)
		}
		b.WriteString("})\n")
	}
	for _, d := range p.Decls {
		of := func(name string) string { return "zzreflect.TypeFor[" + name + "]()" }
		switch {
		case len(d.Params) > 0 || d.Kind == Alias:
			continue
		case d.Kind == Union:
			fmt.Fprintf(&b, "\tzzp.Unions = append(zzp.Unions, zzdrive.Union{Type: %s, Variants: []zzreflect.Type{", of(d.Name))
			for _, v := range d.Variants {
				if v.Pointer {
					b.WriteString(of("*"+v.Decl.Name) + ", ")
				} else {
					b.WriteString(of(v.Decl.Name) + ", ")
				}
			}
			b.WriteString("}})\n")
		case d.Kind == ErrorVar:
			fmt.Fprintf(&b, "\tzzp.Values = append(zzp.Values, %s)\n", d.Name)
		case d.Kind == ErrorOf:
			typ := d.Name
			if d.Pointer {
				typ = "*" + d.Name
			}
			fmt.Fprintf(&b, "\tzzp.Errors = append(zzp.Errors, %s)\n\tzzp.Messages = append(zzp.Messages, %s)\n", of(typ), of(d.Name))
		case d.Message: // others may have the methods of what is embedded in them
			fmt.Fprintf(&b, "\tzzp.Messages = append(zzp.Messages, %s)\n", of(d.Name))
		}
	}
	b.WriteString("\treturn\n}\n")
	return b.String()
}

// mainTest writes the test of a package that nobody can import.
func (c *Case) mainTest() string {
	imports, calls := c.Source().driven("")
	return fmt.Sprintf("package main\n\nimport (\n\tzztesting \"testing\"\n\n\tzzdrive %q\n%s)\n\nfunc TestRandom(t *zztesting.T) { zzdrive.Run(t, %d%s) }\n",
		drivePath, imports, c.Seed, calls)
}

// IsMain tells whether the case is a package main.
func (c *Case) IsMain() bool { return c.Packages[len(c.Packages)-1].IsMain() }

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

// writeConstructors writes the functions that start and find actors.
func (a *actorWriter) writeConstructors(f *jen.File) {
	a.writeSpawn(f)
	a.writeLookup(f)
	n, an := a.names, article(a.Name)

	f.Line()
	comment(f, fmt.Sprintf("%s returns a ref to whichever %s holds the name in address, such as \"tcp://host:port/proc/name\".\n"+
		"It checks the address only; the first use connects.", n.At, a.Name))
	f.Func().Id(n.At).Params(jen.Id("p").Op("*").Add(actor("Proc")), jen.Id("address").String()).
		Params(jen.Id(n.Ref), jen.Error()).Block(
		jen.List(jen.Id("ref"), jen.Err()).Op(":=").Id(n.Kind).Dot("At").Call(jen.Id("p"), jen.Id("address")),
		jen.Return(jen.Id(n.Ref).Values(jen.Id("ref")), jen.Err()),
	)

	f.Line()
	what := fmt.Sprintf("the %s whose handler ctx belongs to.\nIt is the zero handle if ctx is not that of %s.", a.Name, an)
	if a.Interface {
		what = fmt.Sprintf("the actor that %s has started\nand whose handler ctx belongs to, or the zero handle.", n.SpawnAs)
	}
	comment(f, fmt.Sprintf("%s returns the handle of %s", n.Self, what))
	f.Func().Id(n.Self).Params(jen.Id("ctx").Op("*").Add(actor("Context"))).Id(n.Handle).Block(
		jen.Return(jen.Id(n.Handle).Values(jen.Id(n.Kind).Dot("Self").Call(jen.Id("ctx")))),
	)

	if a.Interface {
		a.writeRefOf(f)
	} else {
		a.writeBuild(f)
	}
}

// writeSpawn writes the functions that start an actor.
func (a *actorWriter) writeSpawn(f *jen.File) {
	n, an := a.names, article(a.Name)
	spawn := func(name, verb, builds string, build jen.Code) {
		f.Func().Id(name).Params(
			jen.Id("parent").Add(actor("Spawner")), jen.Id("name").String(),
			jen.Id("build").Func().Params().Id(builds).Op(""), jen.Id("opts").Op("...").Add(actor("SpawnOption")),
		).Params(jen.Id(n.Handle), jen.Error()).Block(
			jen.List(jen.Id("a"), jen.Err()).Op(":=").Id(n.Kind).Dot(verb).Call(
				jen.Id("parent"), jen.Id("name"), build, jen.Id("opts")),
			jen.Return(jen.Id(n.Handle).Values(jen.Id("a")), jen.Err()),
		)
	}
	const starts = "%s starts %s under parent. It runs build and Init on this goroutine, as the actor's first turn,\n" +
		`and returns their error. The name is unique in the proc while the actor lives; "" is anonymous.`
	f.Line()
	if a.Interface {
		comment(f, fmt.Sprintf(starts, n.SpawnAs, "an actor with the behavior that build makes"))
		spawn(n.SpawnAs, "Spawn", n.Behavior, jen.Id("build"))
		return
	}
	built := jen.Id(n.Build).Call(jen.Id("build"))
	comment(f, fmt.Sprintf(starts, n.Spawn, an))
	spawn(n.Spawn, "Spawn", "*"+a.Name, built)

	f.Line()
	comment(f, fmt.Sprintf("%s is %s for another behavior: a decorator or a fake.", n.SpawnAs, n.Spawn))
	spawn(n.SpawnAs, "Spawn", n.Behavior, jen.Id("build"))

	f.Line()
	comment(f, fmt.Sprintf("%s returns the %s of that name, or starts it: atomically.", n.Ensure, a.Name))
	spawn(n.Ensure, "Ensure", "*"+a.Name, built)
}

// writeLookup writes the function that finds an actor by name: for a contract whatever actor does the job.
func (a *actorWriter) writeLookup(f *jen.File) {
	n := a.names
	params := []jen.Code{jen.Id("p").Op("*").Add(actor("Proc")), jen.Id("name").String()}
	f.Line()
	if a.Interface {
		comment(f, fmt.Sprintf("%s returns a ref to the actor of that name in p, if it implements %s.\n"+
			"It fails with actor.ErrNotFound if there is none.", n.Lookup, a.Name))
		f.Func().Id(n.Lookup).Params(params...).Params(jen.Id(n.Ref), jen.Error()).Block(
			jen.List(jen.Id("ref"), jen.Err()).Op(":=").Add(actor("GenLookup")).Types(jen.Id(n.Client)).Call(
				jen.Id("p"), jen.Id(n.Kind), jen.Id("name")),
			jen.Return(jen.Id(n.Ref).Values(jen.Id("ref")), jen.Err()),
		)
		return
	}
	comment(f, fmt.Sprintf("%s returns the %s of that name in p. It fails with actor.ErrNotFound if there is none.",
		n.Lookup, a.Name))
	f.Func().Id(n.Lookup).Params(params...).Params(jen.Id(n.Handle), jen.Error()).Block(
		jen.List(jen.Id("a"), jen.Err()).Op(":=").Id(n.Kind).Dot("Lookup").Call(jen.Id("p"), jen.Id("name")),
		jen.Return(jen.Id(n.Handle).Values(jen.Id("a")), jen.Err()),
	)
}

// writeBuild writes the function that makes a behavior of the user's build.
func (a *actorWriter) writeBuild(f *jen.File) {
	n := a.names
	f.Line()
	comment(f, fmt.Sprintf("%s turns a nil *%s into a nil behavior, which the runtime refuses by name.", n.Build, a.Name))
	f.Func().Id(n.Build).Params(jen.Id("build").Func().Params().Op("*").Id(a.Name)).Func().Params().Id(n.Behavior).Block(
		jen.If(jen.Id("build").Op("==").Nil()).Block(jen.Return(jen.Nil())),
		jen.Return(jen.Func().Params().Id(n.Behavior).Block(
			jen.If(jen.Id("state").Op(":=").Id("build").Call(), jen.Id("state").Op("!=").Nil()).Block(jen.Return(jen.Id("state"))),
			jen.Return(jen.Nil()),
		)),
	)
}

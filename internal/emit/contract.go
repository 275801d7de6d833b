package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

// writeRefOf writes the function that makes a contract's ref of a ref to an actor that implements it.
func (a *actorWriter) writeRefOf(f *jen.File) {
	n := a.names
	f.Line()
	comment(f, fmt.Sprintf("%s returns a ref to the actor that another ref names: one of any type that implements %s.", n.RefOf, a.Name))
	f.Func().Id(n.RefOf).Params(jen.Id("ref").Interface(jen.Id(n.Client), actor("GenAnyRef"))).Id(n.Ref).Block(
		jen.Return(jen.Id(n.Ref).Values(actor("GenRefOf").Call(jen.Id("ref")))))
}

// contracts lists for the runtime what the actor can be reached as: an annotated interface as itself.
func (a *actorWriter) contracts() []jen.Code {
	view := func(client *jen.Statement, ids ...jen.Code) jen.Code {
		convert := jen.Func().Params(jen.Id("a").Op("*").Add(a.genActor())).Add(client).
			Add(line(jen.Return(jen.Id(a.names.Handle).Values(jen.Id("a")))))
		lines := jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}
		return actor("GenImplements").Custom(lines, append([]jen.Code{convert}, ids...)...)
	}
	if a.Interface {
		return []jen.Code{view(jen.Id(a.names.Client))}
	}
	var list []jen.Code
	for _, im := range a.actor.Implements {
		var ids []jen.Code
		for _, p := range im.Promised(a.actor) {
			ids = append(ids, actor("GenPromise").Values(field("Op", jen.Id(p.Kept.Names().Op)), field("ID", wireID(p.By))))
		}
		list = append(list, view(jen.Qual(im.Contract.Pkg.Path, im.Contract.Names().Client), ids...))
	}
	return list
}

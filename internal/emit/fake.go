package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// A fake is the fake of one actor or contract: a behavior given per handler, behind a real handle.
type fake struct {
	fx       *fixtureWriter
	contract *model.Contract
	names    model.FakeNames
	handlers []*handler
}

func newFake(fx *fixtureWriter, c *model.Contract) *fake {
	fk := &fake{fx: fx, contract: c, names: c.FakeNames()}
	for _, h := range c.Handlers {
		fk.handlers = append(fk.handlers, newHandler(fx.scope, h))
	}
	return fk
}

// where names something of the fake as a test does.
func (fk *fake) where(member string) string {
	return fmt.Sprintf("%s.%s.%s", fk.fx.pkg.FixturesName(), fk.contract.Name, member)
}

func (fk *fake) write(f *jen.File) {
	name, behavior := fk.contract.Name, fk.contract.Names().Behavior
	f.Line()
	comment(f, wrap(fmt.Sprintf("%s is a fake %s.%s: a behavior given handler by handler, and spawned behind a real handle, "+
		"so that order, errors, contexts and refs are the real ones. The zero value is ready. Set its fields before the first "+
		"message; it must not be copied afterwards. What it was asked can be read at any time.", name, fk.fx.pkg.Name, name)))
	f.Type().Id(name).StructFunc(func(g *jen.Group) {
		for _, h := range fk.handlers {
			on := fk.names.On[h.Handler]
			if len(h.Results) > 0 && !h.Oneway() {
				comment(g, fmt.Sprintf("%s answers %s. Without it a %s fails with an error that names this field.", on, h.Name, h.KindName()))
			} else {
				comment(g, fmt.Sprintf("%s handles %s. Without it the fake does nothing.", on, h.Name))
			}
			g.Id(on).Func().Add(h.behaviorSignature())
		}
		g.Line()
		g.Id("mu").Qual(syncPath, "Mutex")
		for _, h := range fk.handlers {
			g.Id(fk.field(h)).Index().Id(fk.names.Record[h.Handler])
		}
	})
	f.Line()
	f.Var().Id("_").Qual(fk.fx.pkg.Path, behavior).Op("=").Parens(jen.Op("*").Id(name)).Parens(jen.Nil())

	fk.writeSpawn(f)
	for _, h := range fk.handlers {
		fk.writeHandler(f, h)
	}
}

// field is the unexported field that holds the recorded calls. No handler has its name: handlers are exported.
func (fk *fake) field(h *handler) string { return "calls" + h.Name }

func (fk *fake) writeSpawn(f *jen.File) {
	pkg, n := fk.fx.pkg.Path, fk.contract.Names()
	f.Line()
	comment(f, fmt.Sprintf("%s starts the fake under parent, as %s.%s does.", fk.names.Spawn, fk.fx.pkg.Name, n.Spawn))
	f.Func().Params(jen.Id("fake").Op("*").Id(fk.contract.Name)).Id(fk.names.Spawn).Params(
		jen.Id("parent").Add(actor("Spawner")), jen.Id("name").String(), jen.Id("opts").Op("...").Add(actor("SpawnOption")),
	).Params(jen.Qual(pkg, n.Handle), jen.Error()).Block(
		jen.Return(jen.Qual(pkg, n.SpawnAs).Call(
			jen.Id("parent"), jen.Id("name"),
			jen.Func().Params().Qual(pkg, n.Behavior).Add(line(jen.Return(jen.Op("&").Id(fk.names.State).Values(jen.Id("fake"))))),
			jen.Id("opts").Op("..."),
		)),
	)
	f.Line()
	comment(f, fmt.Sprintf("%s is the state of one incarnation: a restart makes a new one.", fk.names.State))
	f.Type().Id(fk.names.State).Id("struct").Add(line(jen.Qual(pkg, n.Behavior)))
}

func (fk *fake) writeHandler(f *jen.File, h *handler) {
	record, calls, on := fk.names.Record[h.Handler], fk.names.Calls[h.Handler], fk.names.On[h.Handler]
	receiver := func() *jen.Statement { return f.Func().Params(jen.Id("fake").Op("*").Id(fk.contract.Name)) }
	field := func(name string) *jen.Statement { return jen.Id("fake").Dot(name) }

	f.Line()
	comment(f, fmt.Sprintf("%s is one recorded %s of %s.", record, h.KindName(), h.Name))
	f.Type().Id(record).StructFunc(func(g *jen.Group) {
		for _, p := range h.params {
			g.Id(p.field).Add(typ(p.Type))
		}
	})

	f.Line()
	comment(f, fmt.Sprintf("%s records the %s and hands it to %s.", h.Name, h.KindName(), on))
	var values []jen.Code
	for _, p := range h.params {
		values = append(values, jen.Id(p.field).Op(":").Id(p.name))
	}
	pass := h.pass(jen.Id("ctx"), h.named)
	if h.server != nil {
		pass = append(pass, jen.Id(h.server.name))
	}
	invoke := field(on).Call(pass...)
	body := []jen.Code{
		field("mu").Dot("Lock").Call(),
		field(fk.field(h)).Op("=").Append(field(fk.field(h)), jen.Id(record).Values(values...)),
		field("mu").Dot("Unlock").Call(),
	}
	if len(h.Results) == 0 {
		body = append(body, jen.If(field(on).Op("!=").Nil()).Block(invoke))
	} else {
		var unset []jen.Code
		if v := h.Value(); v != nil {
			unset = append(unset, zero(v))
		}
		switch {
		case h.Oneway():
			unset = append(unset, jen.Nil())
		case h.KindName() == "stream":
			unscripted := jen.Qual(actortestPath, "NotScriptedStream").Types(typ(h.Session.Out))
			unset = append(unset, unscripted.Call(jen.Lit(fk.where(on))))
		default:
			unset = append(unset, jen.Qual(actortestPath, "NotScripted").Call(jen.Lit(fk.where(on))))
		}
		body = append(body, jen.If(field(on).Op("==").Nil()).Block(jen.Return(unset...)), jen.Return(invoke))
	}
	receiver().Id(h.Name).Add(h.behaviorSignature()).Block(body...)

	f.Line()
	comment(f, fmt.Sprintf("%s returns the %ss of %s so far, in order.", calls, h.KindName(), h.Name))
	receiver().Id(calls).Params().Index().Id(record).Block(
		field("mu").Dot("Lock").Call(),
		jen.Defer().Add(field("mu").Dot("Unlock").Call()),
		jen.Return(jen.Qual(slicesPath, "Clone").Call(field(fk.field(h)))),
	)
}

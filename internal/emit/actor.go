package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// An actorWriter writes what is generated for one actor, or for one contract.
type actorWriter struct {
	*model.Contract
	actor    *model.Actor // nil for an annotated interface
	names    model.ContractNames
	cell     *model.Cell
	handlers []*handler
	writer   *writer
}

// A handler is a handler with all names that generated code gives to what belongs to it.
type handler struct {
	*model.Handler
	names  model.HandlerNames
	params []param
	server *param // the session, if it is a parameter
	cell   *model.Cell
	framed bool // its arguments travel in a frame
}

// newHandler names the handler's parameters.
func newHandler(s scope, h *model.Handler) *handler {
	all, n := s.params(h), len(h.Params)
	out := &handler{Handler: h, names: h.Names(), params: all[:n]}
	if len(all) > n {
		out.server = &all[n]
	}
	return out
}

func newActorWriter(w *writer, c *model.Contract) *actorWriter {
	out := &actorWriter{Contract: c, names: c.Names(), cell: c.Cell(), writer: w}
	for _, h := range c.Handlers {
		named := newHandler(w.scope, h)
		named.cell, named.framed = out.cell, !h.Oneway() || out.cell.IsFramed(h)
		out.handlers = append(out.handlers, named)
	}
	return out
}

// write writes the actor's part of actor_gen.go.
func (a *actorWriter) write(f *jen.File) {
	a.writeClient(f)
	if !a.Interface {
		a.writeBehavior(f)
	}
	a.writeAssertions(f)
	a.writeKind(f)
	a.writeRun(f)
	a.writeArguments(f)
	a.writeAppend(f)
	a.writeDecode(f)
	a.writeFrame(f)
	a.writeHandle(f)
	a.writeConstructors(f)
	a.writeHandleMethods(f)
	a.writeRef(f)
	a.writeRefMethods(f)
	a.writePorts(f)
	a.writeCalls(f)
	a.writeTuples(f)
}

// writeClient writes the interface of what can be asked from anywhere.
func (a *actorWriter) writeClient(f *jen.File) {
	f.Line()
	comment(f, a.names.Client+" is what can be asked of "+article(a.Name)+" from anywhere.")
	f.Type().Id(a.names.Client).InterfaceFunc(func(g *jen.Group) {
		for _, h := range a.handlers {
			if !h.Local() {
				comment(g, h.doc()...)
				g.Id(h.Name).Add(h.clientSignature())
			}
		}
	})
}

// writeBehavior writes the interface of what is behind a handle.
func (a *actorWriter) writeBehavior(f *jen.File) {
	f.Line()
	comment(f, fmt.Sprintf("%s is what is behind %s: a *%s, a decorator, or a fake.", a.names.Behavior, article(a.names.Handle), a.Name))
	f.Type().Id(a.names.Behavior).InterfaceFunc(func(g *jen.Group) {
		for _, h := range a.handlers {
			g.Id(h.Name).Add(h.behaviorSignature())
		}
	})
}

// writeAssertions makes the compiler notice a handler or hook that was changed and not generated again.
func (a *actorWriter) writeAssertions(f *jen.File) {
	state := func() *jen.Statement { return jen.Parens(jen.Op("*").Id(a.Name)).Parens(jen.Nil()) }
	f.Line()
	f.Var().DefsFunc(func(g *jen.Group) {
		if !a.Interface {
			g.Id("_").Id(a.names.Behavior).Op("=").Add(state())
		}
		g.Id("_").Id(a.names.Client).Op("=").Id(a.names.Handle).Values()
		g.Id("_").Id(a.names.Client).Op("=").Id(a.names.Ref).Values()
		if a.Interface {
			return
		}
		for _, im := range a.actor.Implements {
			client := jen.Qual(im.Contract.Pkg.Path, im.Contract.Names().Client)
			g.Id("_").Add(client).Op("=").Id(a.names.Handle).Values()
		}
		for _, hook := range a.actor.Hooks {
			if name := hookInterfaces[hook.Name]; name != "" && a.isEverywhere(hook) {
				g.Id("_").Add(actor(name)).Op("=").Add(state())
			}
		}
	})
}

// isEverywhere tells whether the hook is compiled wherever its actor is: others may have it on some systems only.
func (a *actorWriter) isEverywhere(hook *model.Hook) bool {
	return hook.From == "" && a.Pkg.Conditions[hook.Pos.File] == a.Pkg.Conditions[a.Pos.File]
}

// hookInterfaces are the runtime's interfaces for the hooks.
var hookInterfaces = map[string]string{
	"Init":              "Initializer",
	"Cleanup":           "Cleaner",
	"HandleExit":        "ExitHandler",
	"HandleUndelivered": "UndeliveredHandler",
}

// doc is the doc comment of the client's method.
func (h *handler) doc() []string {
	text := h.Doc
	if text == "" {
		text = fmt.Sprintf("%s is %s of %s.", h.Name, "a "+h.KindName(), article(h.Contract.Name))
	}
	switch h.KindName() {
	case "cast":
		return []string{"One-way: returns when accepted, not when handled.", text}
	case "session":
		return []string{"A session: returns when the actor has opened it.", text}
	case "stream":
		return []string{"A stream: asks the actor when it is read.", text}
	}
	return []string{text}
}

// clientSignature is that of the client's method, after its name.
func (h *handler) clientSignature() *jen.Statement {
	return jen.Params(h.declare(jen.Qual(contextPath, "Context"))...).Add(h.clientResults())
}

// clientResults are those of the client's method: whatever the handler returns, it can fail.
func (h *handler) clientResults() *jen.Statement {
	if h.Session != nil && h.Session.Stream() {
		return typ(h.Results[0])
	}
	if h.Session != nil {
		return jen.Params(jen.Op("*").Add(h.client()), jen.Error())
	}
	if v := h.Value(); v != nil {
		return jen.Params(typ(v), jen.Error())
	}
	return jen.Error()
}

// behaviorSignature is the handler's own.
func (h *handler) behaviorSignature() *jen.Statement {
	ctx := jen.Qual(contextPath, "Context")
	if h.Context == model.ActorContext {
		ctx = jen.Op("*").Add(actor("Context"))
	}
	params := h.declare(ctx)
	if h.server != nil {
		params = append(params, jen.Id(h.server.name).Add(typ(h.server.Type)))
	}
	s := jen.Params(params...)
	switch {
	case h.Value() != nil:
		s.Params(typ(h.Value()), jen.Error())
	case len(h.Results) == 1:
		s.Add(typ(h.Results[0]))
	}
	return s
}

// declare writes the parameters, ctx first.
func (h *handler) declare(ctx jen.Code) []jen.Code {
	list := []jen.Code{jen.Id("ctx").Add(ctx)}
	for i, p := range h.params {
		s := jen.Id(p.name)
		if h.Variadic && i == len(h.params)-1 {
			s.Op("...").Add(typ(p.Type.Elem))
		} else {
			s.Add(typ(p.Type))
		}
		list = append(list, s)
	}
	return list
}

// pass writes the arguments of a call of the handler or its like, ctx first; value names the i-th one.
func (h *handler) pass(ctx jen.Code, value func(i int) *jen.Statement) []jen.Code {
	list := []jen.Code{ctx}
	for i := range h.params {
		s := value(i)
		if h.Variadic && i == len(h.params)-1 {
			s.Op("...")
		}
		list = append(list, s)
	}
	return list
}

// named is a value for pass: the parameter itself.
func (h *handler) named(i int) *jen.Statement { return jen.Id(h.params[i].name) }

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

// writeHandle writes the type of handles.
func (a *actorWriter) writeHandle(f *jen.File) {
	f.Line()
	comment(f, fmt.Sprintf("%s is the local, typed handle of %s. It is comparable; the zero value answers with an error.", a.names.Handle, article(a.Name)))
	f.Type().Id(a.names.Handle).Struct(jen.Id("a").Op("*").Add(a.genActor()))
}

func (a *actorWriter) genActor() *jen.Statement {
	return actor("GenActor").Types(jen.Id(a.names.Behavior), jen.Id(a.names.Cell))
}

// writeConstructors writes the functions that start and find actors.
func (a *actorWriter) writeConstructors(f *jen.File) {
	n, an := a.names, article(a.Name)
	spawn := func(name, verb, builds string, build jen.Code) {
		f.Func().Id(name).Params(
			jen.Id("parent").Add(actor("Spawner")), jen.Id("name").String(),
			jen.Id("build").Func().Params().Id(builds).Op(""), jen.Id("opts").Op("...").Add(actor("SpawnOption")),
		).Params(jen.Id(n.Handle), jen.Error()).Block(
			jen.List(jen.Id("a"), jen.Err()).Op(":=").Id(n.Kind).Dot(verb).Call(jen.Id("parent"), jen.Id("name"), build, jen.Id("opts")),
			jen.Return(jen.Id(n.Handle).Values(jen.Id("a")), jen.Err()),
		)
	}
	built := func() *jen.Statement { return jen.Id(n.Build).Call(jen.Id("build")) }

	f.Line()
	comment(f, fmt.Sprintf("%s starts %s under parent. It runs build and Init on this goroutine, as the actor's first turn,\n"+
		`and returns their error. The name is unique in the proc while the actor lives; "" is anonymous.`, n.Spawn, an))
	spawn(n.Spawn, "Spawn", "*"+a.Name, built())

	f.Line()
	comment(f, fmt.Sprintf("%s is %s for another behavior: a decorator or a fake.", n.SpawnAs, n.Spawn))
	spawn(n.SpawnAs, "Spawn", n.Behavior, jen.Id("build"))

	f.Line()
	comment(f, fmt.Sprintf("%s returns the %s of that name, or starts it: atomically.", n.Ensure, a.Name))
	spawn(n.Ensure, "Ensure", "*"+a.Name, built())

	f.Line()
	comment(f, fmt.Sprintf("%s returns the %s of that name in p. It fails with actor.ErrNotFound if there is none.", n.Lookup, a.Name))
	f.Func().Id(n.Lookup).Params(jen.Id("p").Op("*").Add(actor("Proc")), jen.Id("name").String()).Params(jen.Id(n.Handle), jen.Error()).Block(
		jen.List(jen.Id("a"), jen.Err()).Op(":=").Id(n.Kind).Dot("Lookup").Call(jen.Id("p"), jen.Id("name")),
		jen.Return(jen.Id(n.Handle).Values(jen.Id("a")), jen.Err()),
	)

	f.Line()
	comment(f, fmt.Sprintf("%s returns a ref to whichever %s holds the name in address, such as \"tcp://host:port/proc/name\".\n"+
		"It checks the address only; the first use connects.", n.At, a.Name))
	f.Func().Id(n.At).Params(jen.Id("p").Op("*").Add(actor("Proc")), jen.Id("address").String()).Params(jen.Id(n.Ref), jen.Error()).Block(
		jen.List(jen.Id("ref"), jen.Err()).Op(":=").Id(n.Kind).Dot("At").Call(jen.Id("p"), jen.Id("address")),
		jen.Return(jen.Id(n.Ref).Values(jen.Id("ref")), jen.Err()),
	)

	f.Line()
	comment(f, fmt.Sprintf("%s returns the handle of the %s whose handler ctx belongs to.\nIt is the zero handle if ctx is not that of %s.", n.Self, a.Name, an))
	f.Func().Id(n.Self).Params(jen.Id("ctx").Op("*").Add(actor("Context"))).Id(n.Handle).Block(
		jen.Return(jen.Id(n.Handle).Values(jen.Id(n.Kind).Dot("Self").Call(jen.Id("ctx")))),
	)

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

// writeHandleMethods writes the methods of handles: the actor's control, then its handlers.
func (a *actorWriter) writeHandleMethods(f *jen.File) {
	method := func() *jen.Statement { return f.Func().Params(jen.Id("h").Id(a.names.Handle)) }

	f.Line()
	comment(f, "Actor returns the actor's control: its ID, Status, Stop, Restart, Wait and Done.")
	method().Id("Actor").Params().Add(actor("Handle")).Add(line(jen.Return(jen.Id("h").Dot("a").Dot("Handle").Call())))

	f.Line()
	comment(f, fmt.Sprintf("Ref returns a value that names this %s from anywhere and can be sent in messages.", a.Name))
	method().Id("Ref").Params().Id(a.names.Ref).Block(
		jen.Return(jen.Id(a.names.Ref).Values(jen.Id("h").Dot("a").Dot("Ref").Call())))

	f.Line()
	comment(f, "Ports returns a port for each cast.")
	var ports []jen.Code
	for _, h := range a.handlers {
		if h.hasPort() {
			ports = append(ports, field(h.Name, actor("GenNewPort").Types(h.portType()).Call(jen.Id(h.names.Port).Values(jen.Id("h")))))
		}
	}
	literal := jen.Values()
	if len(ports) > 0 {
		literal = multiline(ports...)
	}
	method().Id("Ports").Params().Id(a.names.Ports).Add(line(jen.Return(jen.Id(a.names.Ports).Add(literal))))

	for _, h := range a.handlers {
		f.Line()
		comment(f, append(h.doc(), h.handleNote())...)
		s := method().Id(h.Name).Params(h.declare(jen.Qual(contextPath, "Context"))...)
		switch {
		case h.Oneway() && h.framed:
			s.Add(h.clientResults()).Block(h.castFrame()...)
		case h.Oneway():
			s.Add(h.clientResults()).Block(h.castCell()...)
		case h.Inline():
			s.Add(h.namedResults()).Block(append([]jen.Code{h.enter()}, h.call(h.viaHandle, true)...)...)
		default:
			s.Add(h.clientResults()).Block(h.call(h.viaHandle, false)...)
		}
	}
}

// handleNote is what the handle's method adds to the handler's documentation.
func (h *handler) handleNote() string {
	switch {
	case h.Local():
		return fmt.Sprintf("It is local: it is not in %s, and works in this proc only.", h.Actor.Names().Client)
	case h.Inline():
		return "It may run on the caller's goroutine."
	}
	return ""
}

// namedResults names the results, for a deferred function to set the error.
func (h *handler) namedResults() *jen.Statement {
	if v := h.Value(); v != nil {
		return jen.Params(jen.Id("value").Add(typ(v)), jen.Err().Error())
	}
	return jen.Params(jen.Err().Error())
}

// castCell writes the body of a cast whose arguments travel in the cell.
func (h *handler) castCell() []jen.Code {
	list := []jen.Code{
		jen.List(jen.Id("cast"), jen.Err()).Op(":=").Id("h").Dot("a").Dot("Cast").Call(jen.Id("ctx"), jen.Id(h.names.Op)),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
	}
	for i, p := range h.params {
		list = append(list, jen.Id("cast").Dot("Args").Dot(h.cell.Slot(h.Handler, i).Name).Op("=").Id(p.name))
	}
	return append(list, jen.Return(jen.Id("cast").Dot("Send").Call()))
}

// newCall writes the statements that get a frame and fill it.
func (h *handler) newCall() []jen.Code {
	list := []jen.Code{jen.Id("call").Op(":=").Id(h.names.New).Call()}
	for i, p := range h.params {
		list = append(list, h.arg(i).Op("=").Id(p.name))
	}
	return list
}

// genCall is what the runtime knows of a frame.
func genCall() *jen.Statement { return jen.Op("&").Id("call").Dot("GenCall") }

// castFrame writes the body of a cast whose arguments travel in a frame.
func (h *handler) castFrame() []jen.Code {
	return append(h.newCall(),
		jen.Return(jen.Id("h").Dot("a").Dot("CastFrame").Call(jen.Id("ctx"), jen.Id(h.names.Op), genCall())))
}

func (h *handler) viaHandle() *jen.Statement {
	return jen.Id("h").Dot("a").Dot("Call").Call(jen.Id("ctx"), jen.Id(h.names.Op), genCall())
}

// call writes the body of a call. The results have names if declared is set.
func (h *handler) call(via func() *jen.Statement, declared bool) []jen.Code {
	list := h.newCall()
	failed := jen.Return(jen.Err()).Comment("// the runtime has taken the frame back")
	if v := h.Value(); v != nil {
		failed = jen.Return(zero(v), jen.Err()).Comment("// the runtime has taken the frame back")
	}
	list = append(list, jen.If(jen.Err().Op(":=").Add(via()), jen.Err().Op("!=").Nil()).Block(failed))
	if h.Value() == nil {
		return append(list, jen.Id("call").Dot("Recycle").Call(), jen.Return(jen.Nil()))
	}
	assign := ":="
	if declared {
		assign = "="
	}
	return append(list,
		jen.Id("value").Op(assign).Id("call").Dot("result").Dot("value"),
		jen.Id("call").Dot("Recycle").Call(),
		jen.Return(jen.Id("value"), jen.Nil()),
	)
}

// enter writes the shorter way of an inline call: into the turn of an idle actor, on the caller's goroutine.
func (h *handler) enter() *jen.Statement {
	invoke := jen.Id("turn").Dot("State").Dot(h.Name).Call(h.pass(jen.Id("turn").Dot("Context"), h.named)...)
	body := []jen.Code{jen.Defer().Id("turn").Dot("Leave").Call(jen.Op("&").Err())}
	returned := jen.Id("turn").Dot("Returned").Call()
	switch v := h.Value(); {
	case v != nil:
		body = append(body,
			jen.List(jen.Id("value"), jen.Err()).Op("=").Add(invoke), returned,
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(zero(v), jen.Err())),
			jen.Return(jen.Id("value"), jen.Nil()))
	case h.ReturnsError():
		body = append(body, jen.Err().Op("=").Add(invoke), returned, jen.Return(jen.Err()))
	default:
		body = append(body, invoke, returned, jen.Return(jen.Nil()))
	}
	return jen.If(
		jen.List(jen.Id("turn"), jen.Id("ok")).Op(":=").Id("h").Dot("a").Dot("Enter").Call(jen.Id("ctx"), jen.Id(h.names.Op)),
		jen.Id("ok"),
	).Block(body...)
}

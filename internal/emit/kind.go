package emit

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/codec"
)

// writeKind writes the handlers' numbers, the description that the runtime works by, and the work cell.
func (a *actorWriter) writeKind(f *jen.File) {
	f.Line()
	comment(f, fmt.Sprintf("The handlers of %s, as its work cells name them.", article(a.Name)))
	f.Const().DefsFunc(func(g *jen.Group) {
		for i, h := range a.handlers {
			if i == 0 {
				g.Id(h.names.Op).Op("=").Iota()
			} else {
				g.Id(h.names.Op)
			}
		}
	})

	f.Line()
	comment(f, fmt.Sprintf("%s tells the runtime how to run %s.", a.names.Kind, article(a.Name)))
	fields := []jen.Code{
		field("Name", jen.Lit(a.WireName())),
		field("Handlers", jen.Index().Add(actor("GenHandler")).Add(multiline(a.descriptions()...))),
	}
	if vars := a.errorVars(); len(vars) > 0 {
		fields = append(fields, field("Errors", jen.Index().Add(actor("GenErrorVar")).Add(multiline(vars...))))
	}
	if contracts := a.contracts(); len(contracts) > 0 {
		fields = append(fields, field("Contracts", jen.Index().Add(actor("GenContract")).Add(multiline(contracts...))))
	}
	if a.Interface {
		fields = append(fields, field("IsContract", jen.True()))
	}
	fields = append(fields,
		field("Run", jen.Id(a.names.Run)),
		field("Args", jen.Id(a.names.Args)),
		field("Append", jen.Id(a.names.Append)),
		field("Decode", jen.Id(a.names.Decode)),
		field("Frame", jen.Id(a.names.Frame)),
	)
	f.Var().Id(a.names.Kind).Op("=").Add(actor("GenNewKind")).Call(
		actor("GenKindSpec").Types(jen.Id(a.names.Behavior), jen.Id(a.names.Cell)).Add(multiline(fields...)))

	f.Line()
	what := fmt.Sprintf("%s holds the arguments of one queued cast to %s.", a.names.Cell, article(a.Name))
	if len(a.cell.Slots) > 0 {
		what += " A field is shared by the casts beside it."
	}
	comment(f, what)
	f.Type().Id(a.names.Cell).StructFunc(func(g *jen.Group) {
		for _, s := range a.cell.Slots {
			g.Id(s.Name).Add(typ(s.Type)).Comment("// " + strings.Join(s.Users, "; "))
		}
	})
}

// descriptions describes each handler to the runtime.
func (a *actorWriter) descriptions() []jen.Code {
	var list []jen.Code
	for _, h := range a.handlers {
		fields := []jen.Code{field("Name", jen.Lit(h.Name))}
		if !h.Local() {
			fields = append(fields,
				field("ID", wireID(h.Handler)),
				field("Schema", number(codec.SchemaID(h.Schema()))),
				field("Shape", jen.Lit(h.Shape())))
		}
		if flags := h.flags(); flags != nil {
			fields = append(fields, field("Flags", flags))
		}
		list = append(list, jen.Id(h.names.Op).Op(":").Add(multiline(fields...)))
	}
	return list
}

func (h *handler) flags() *jen.Statement {
	var s *jen.Statement
	add := func(on bool, name string) {
		switch {
		case !on:
		case s == nil:
			s = actor(name)
		default:
			s.Op("|").Add(actor(name))
		}
	}
	add(h.Oneway(), "GenOneway")
	add(h.Oneway() && h.framed, "GenFramed")
	add(h.Inline(), "GenInline")
	add(h.Local(), "GenLocal")
	add(h.Session != nil, "GenTalks")
	add(h.Reentrant(), "GenReentrant")
	return s
}

// errorVars lists the error variables that keep their identity when an actor returns them.
func (a *actorWriter) errorVars() []jen.Code {
	var list []jen.Code
	for _, v := range append(a.Pkg.Errors[:len(a.Pkg.Errors):len(a.Pkg.Errors)], a.Pkg.Imported...) {
		list = append(list, jen.Values(field("ID", jen.Lit(v.ID())), field("Err", jen.Qual(v.Pkg, v.Name))))
	}
	return list
}

// function begins the declaration of one of the kind's functions.
func (a *actorWriter) function(f *jen.File, name string, params []jen.Code, results ...jen.Code) *jen.Statement {
	s := f.Func().Id(name).Params(params...)
	if len(results) > 1 {
		return s.Params(results...)
	}
	return s.Add(results...)
}

func (a *actorWriter) op() *jen.Statement        { return jen.Id("op").Uint16() }
func (a *actorWriter) cellParam() *jen.Statement { return jen.Id("cell").Op("*").Id(a.names.Cell) }

// slot is the field of the cell that holds the i-th argument.
func (h *handler) slot(i int) *jen.Statement {
	return jen.Id("cell").Dot(h.cell.Slot(h.Handler, i).Name)
}

// arg is the field of the call's frame that holds the i-th argument.
func (h *handler) arg(i int) *jen.Statement {
	return jen.Id("call").Dot("args").Dot(h.params[i].name)
}

// writeRun writes the function that runs a work cell.
func (a *actorWriter) writeRun(f *jen.File) {
	f.Line()
	comment(f, a.names.Run+" runs one work cell in the actor's turn.")
	a.function(f, a.names.Run, []jen.Code{
		jen.Id("state").Id(a.names.Behavior), jen.Id("ctx").Op("*").Add(actor("Context")), a.op(), a.cellParam(),
		jen.Id("frame").Add(actor("GenFrame")),
	}, jen.Error()).Block(
		jen.Switch(jen.Id("op")).BlockFunc(func(g *jen.Group) {
			for _, h := range a.handlers {
				g.Case(jen.Id(h.names.Op)).Block(h.run()...)
			}
		}),
		jen.Return(jen.Nil()),
	)
}

// run writes the statements that run a handler.
func (h *handler) run() []jen.Code {
	var list []jen.Code
	value := h.slot
	if h.framed {
		value = h.arg
		if len(h.params) > 0 || h.Value() != nil || h.Session != nil {
			list = append(list, jen.Id("call").Op(":=").Id("frame").Assert(jen.Op("*").Id(h.names.Call)))
		}
	}
	pass := h.pass(jen.Id("ctx"), value)
	if h.server != nil {
		pass = append(pass, h.serverEnd())
	}
	invoke := jen.Id("state").Dot(h.Name).Call(pass...)
	switch {
	case h.Session != nil:
		return append(list, h.runSession(invoke)...)
	case h.Value() != nil:
		return append(list,
			jen.Var().Err().Error(),
			jen.List(jen.Id("call").Dot("result").Dot("value"), jen.Err()).Op("=").Add(invoke),
			jen.Return(jen.Err()))
	case h.ReturnsError():
		return append(list, jen.Return(invoke))
	}
	return append(list, invoke)
}

// writeArguments writes the function that shows what a message carries.
func (a *actorWriter) writeArguments(f *jen.File) {
	f.Line()
	comment(f, a.names.Args+" returns the arguments of one message: see Incoming.Args.")
	var cases []jen.Code
	for _, h := range a.handlers {
		cases = append(cases, jen.Case(jen.Id(h.names.Op)).Block(h.arguments()...))
	}
	a.function(f, a.names.Args, []jen.Code{a.op(), a.cellParam(), jen.Id("frame").Add(actor("GenFrame"))}, jen.Any()).
		Block(a.bySwitch(cases, jen.Return(jen.Nil()))...)
}

func (h *handler) arguments() []jen.Code {
	value := h.slot
	var list []jen.Code
	if h.framed {
		value = h.arg
		list = append(list, jen.Id("call").Op(":=").Id("frame").Assert(jen.Op("*").Id(h.names.Call)))
	}
	switch len(h.params) {
	case 0:
		return []jen.Code{jen.Return(jen.Struct().Values())}
	case 1:
		return append(list, jen.Return(value(0)))
	}
	var fields, values []jen.Code
	for i, p := range h.params {
		fields = append(fields, field(p.field, value(i)))
		values = append(values, value(i))
	}
	if !h.Oneway() {
		return append(list, jen.Return(jen.Index().Any().Values(values...)))
	}
	return append(list, jen.Return(jen.Id(h.names.Args).Values(fields...)))
}

// bySwitch switches on op, if there is anything to tell apart.
func (a *actorWriter) bySwitch(cases []jen.Code, last jen.Code) []jen.Code {
	if len(cases) == 0 {
		return []jen.Code{last}
	}
	return []jen.Code{jen.Switch(jen.Id("op")).Block(cases...), last}
}

// writeAppend writes the encoder of casts that travel in the cell.
func (a *actorWriter) writeAppend(f *jen.File) {
	f.Line()
	comment(f, a.names.Append+" encodes the arguments of a cast that travels in its cell.")
	var cases []jen.Code
	for _, h := range a.handlers {
		if h.Oneway() && !h.framed && !h.Local() {
			cases = append(cases, jen.Case(jen.Id(h.names.Op)).Block(
				jen.Id("args").Op(":=").Id(h.names.Params).Values(h.tuple(h.slot)...),
				jen.Return(jen.Id("args").Dot("MarshalMsg").Call(jen.Id("b"))),
			))
		}
	}
	a.function(f, a.names.Append, []jen.Code{jen.Id("b").Index().Byte(), a.op(), a.cellParam()}, jen.Index().Byte(), jen.Error()).
		Block(a.bySwitch(cases, jen.Return(jen.Id("b"), jen.Nil()))...)
}

// tuple writes the fields of the struct that holds the arguments on the wire.
func (h *handler) tuple(value func(i int) *jen.Statement) []jen.Code {
	var fields []jen.Code
	for i, p := range h.params {
		fields = append(fields, field(p.name, value(i)))
	}
	return fields
}

// writeDecode writes the decoder of casts that travel in the cell.
func (a *actorWriter) writeDecode(f *jen.File) {
	f.Line()
	comment(f, a.names.Decode+" decodes the arguments of a cast straight into its cell.")
	var cases []jen.Code
	for _, h := range a.handlers {
		if h.Oneway() && !h.framed && !h.Local() {
			cases = append(cases, jen.Case(jen.Id(h.names.Op)).Block(h.decode()...))
		}
	}
	a.function(f, a.names.Decode, []jen.Code{
		jen.Id("b").Index().Byte(), a.op(), a.cellParam(), jen.Id("p").Op("*").Add(actor("Proc")),
	}, jen.Error()).Block(a.bySwitch(cases, jen.Return(jen.Nil()))...)
}

func (h *handler) decode() []jen.Code {
	list := []jen.Code{
		jen.Var().Id("args").Id(h.names.Params),
		jen.If(jen.List(jen.Id("_"), jen.Err()).Op(":=").Id("args").Dot("UnmarshalMsg").Call(jen.Id("b")), jen.Err().Op("!=").Nil()).
			Block(jen.Return(jen.Err())),
	}
	if h.argsHaveRefs() {
		list = append(list, jen.Id("args").Dot("BindRefs").Call(jen.Id("p")))
	}
	var to, from []jen.Code
	for i, p := range h.params {
		to = append(to, h.slot(i))
		from = append(from, jen.Id("args").Dot(p.name))
	}
	if len(to) > 0 {
		list = append(list, jen.List(to...).Op("=").List(from...))
	}
	return list
}

// writeFrame writes the function that makes frames for calls that come from elsewhere.
func (a *actorWriter) writeFrame(f *jen.File) {
	f.Line()
	comment(f, a.names.Frame+" makes the frame of a handler whose arguments do not travel in the cell.")
	var cases []jen.Code
	for _, h := range a.handlers {
		if h.framed && !h.Local() {
			cases = append(cases, jen.Case(jen.Id(h.names.Op)).Block(jen.Return(jen.Id(h.names.New).Call())))
		}
	}
	a.function(f, a.names.Frame, []jen.Code{a.op()}, actor("GenWireFrame")).Block(a.bySwitch(cases, jen.Return(jen.Nil()))...)
}

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// writeBinders writes BindRefs for the types with serializers in this package that hold refs.
func (w *writer) writeBinders(f *jen.File) {
	for _, n := range w.wire {
		if !n.Binds {
			w.writeTypeBinder(f, n, n.Name)
		}
	}
	for _, g := range w.guests {
		w.writeTypeBinder(f, g.Type.Named, g.Name)
	}
}

func (w *writer) writeTypeBinder(f *jen.File, n *model.Named, name string) {
	if n.Encoding != model.ByParts || !n.Underlying.HasRefs() {
		return
	}
	w.writeBinder(f, name, func(b *binder) {
		if n.Underlying.Kind == model.Struct {
			b.bindFields(jen.Id("z"), n.Underlying)
		} else {
			b.bind(jen.Parens(jen.Op("*").Id("z")), n.Underlying)
		}
	})
}

// writeBinder writes the method that makes the refs in a decoded value work.
func (w *writer) writeBinder(f *jen.File, name string, fill func(b *binder)) {
	b := &binder{loops: new(int), writer: w}
	fill(b)
	f.Line()
	comment(f, "BindRefs makes the refs in a decoded message work from p. Generated code calls it.")
	f.Func().Params(jen.Id("z").Op("*").Id(name)).Id("BindRefs").Params(jen.Id(w.local("p")).Op("*").Add(actor("Proc"))).Block(b.list...)
}

// local is the name of a variable where types of the package are spelled out.
func (w *writer) local(name string) string { return w.pkg.Unused(name) }

// A binder collects the statements that bind refs.
type binder struct {
	list  []jen.Code
	loops *int // so far, in the whole method: each has variables of its own
	*writer
}

func (b *binder) add(c jen.Code) { b.list = append(b.list, c) }

// inner collects the statements for a part of a value, inside a loop or condition.
func (b *binder) inner(fill func(in *binder)) []jen.Code {
	in := &binder{loops: b.loops, writer: b.writer}
	fill(in)
	return in.list
}

func (b *binder) bindFields(value *jen.Statement, t *model.Type) {
	for _, field := range t.Fields {
		if !field.Omitted() {
			b.bind(value.Clone().Dot(field.Name), field.Type)
		}
	}
}

// bind adds what binds the refs in value, an addressable expression of the type.
func (b *binder) bind(value *jen.Statement, t *model.Type) {
	if !t.HasRefs() {
		return
	}
	local := func(name string) string { return b.local(fmt.Sprintf("%s%d", name, *b.loops)) }
	switch t.Kind {
	case model.Defined:
		if taken := t.PortOf(); taken != nil {
			b.add(value.Clone().Dot("BindPort").Call(jen.Id(b.local("p")), b.portEncoder(taken)))
			return
		}
		if convert := b.conversions[t.Text]; convert != "" {
			value = jen.Op(convert).Parens(jen.Op("&").Add(value.Clone()))
		}
		b.add(value.Clone().Dot("BindRefs").Call(jen.Id(b.local("p"))))
	case model.Struct:
		b.bindFields(value, t)
	case model.Pointer:
		if convert := b.conversions[t.Elem.Text]; convert != "" {
			bound := jen.Op(convert).Parens(value.Clone()).Dot("BindRefs").Call(jen.Id(b.local("p")))
			b.add(jen.If(value.Clone().Op("!=").Nil()).Block(bound))
			return
		}
		target := jen.Parens(jen.Op("*").Add(value.Clone()))
		if k := t.Elem.Kind; k == model.Defined || k == model.Struct {
			target = value.Clone() // selectors look through pointers
		}
		b.add(jen.If(value.Clone().Op("!=").Nil()).Block(b.inner(func(in *binder) { in.bind(target, t.Elem) })...))
	case model.Slice, model.Array:
		i := local("i")
		*b.loops++
		b.add(jen.For(jen.Id(i).Op(":=").Range().Add(value.Clone())).Block(b.inner(func(in *binder) {
			in.bind(value.Clone().Index(jen.Id(i)), t.Elem)
		})...))
	case model.Map:
		k, v, m := local("k"), local("v"), local("m")
		*b.loops++
		b.bindMap(value, t, k, v, m)
	}
}

// bindMap binds values in place; a map with refs in its keys is made anew, for a bound ref is another key.
func (b *binder) bindMap(value *jen.Statement, t *model.Type, k, v, m string) {
	keys := t.Key.HasRefs()
	target := value
	if keys {
		b.add(jen.Id(m).Op(":=").Make(typ(t), jen.Len(value.Clone())))
		target = jen.Id(m)
	}
	body := b.inner(func(in *binder) {
		in.bind(jen.Id(k), t.Key)
		in.bind(jen.Id(v), t.Elem)
		in.add(target.Clone().Index(jen.Id(k)).Op("=").Id(v))
	})
	b.add(jen.For(jen.List(jen.Id(k), jen.Id(v)).Op(":=").Range().Add(value.Clone())).Block(body...))
	if keys {
		b.add(value.Clone().Op("=").Id(m))
	}
}

package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// writeSamples writes a function for each message that returns a value with every field filled.
func (fx *fixtureWriter) writeSamples(f *jen.File) {
	for _, n := range fx.messages {
		f.Line()
		what := fmt.Sprintf("%s returns %s with something in every field", model.SampleName(n), article(n.Name))
		s := &sampler{name: "value"}
		value := s.value(&model.Type{Kind: model.Defined, Named: n})
		if s.skips(n.Underlying) {
			what += " that another package can set; refs and the others are zero"
		}
		if s.cut {
			what += ", and so is what lies deeper than a sample goes"
		}
		comment(f, wrap(what+". It is the same each time."))
		f.Func().Id(model.SampleName(n)).Params().Qual(n.Pkg, n.Name).Block(jen.Return(value))
	}
}

// A sampler makes up values, each a little different from the one before.
type sampler struct {
	n    int
	name string         // of the field that the value is for
	open []*model.Named // that the value lies in
	cut  bool           // something was left out, because the sample would grow too large
}

// How far a sample goes: some types, of Kubernetes for one, have thousands of parts.
const (
	maxSampleDepth = 5
	maxSampleParts = 300
)

func (s *sampler) next() int {
	s.n++
	return s.n
}

// isSampled tells whether a sample can hold a value of the type: what another package cannot write stays zero, and so does
// what only its own package knows to fill.
func isSampled(t *model.Type) bool {
	if t.Alias != nil && !t.IsSpellable() {
		return false
	}
	switch t.Kind {
	case model.Defined:
		n := t.Named
		if n.Is(timePath, "Time") || n.Is(timePath, "Duration") {
			return true
		}
		if n.IsUnion() {
			return isSampled(n.Variants[0].Type)
		}
		return n.Role == model.NotGenerated && !n.IsOpaque() && t.IsSpellable()
	case model.Pointer:
		return t.IsSpellable() && isSampled(t.Elem) && !(t.Elem.Kind == model.Defined && t.Elem.Named.IsUnion())
	case model.Slice, model.Array:
		return t.IsSpellable() && isSampled(t.Elem)
	case model.Map:
		return t.IsSpellable() && isSampled(t.Key) && isSampled(t.Elem)
	case model.Struct:
		return t.IsSpellable()
	}
	return true
}

// skips tells whether a part of the value stays zero.
func (s *sampler) skips(t *model.Type) bool {
	if !isFilled(t) {
		return true
	}
	return t.Kind == model.Struct && slices.ContainsFunc(t.Fields, func(f *model.Field) bool {
		return !f.Omitted() && (!f.Exported || !isSampled(f.Type))
	})
}

// isFilled tells whether a sample can have elements of what underlies a type.
func isFilled(u *model.Type) bool {
	switch u.Kind {
	case model.Slice, model.Array:
		return isSampled(u.Elem)
	case model.Map:
		return isSampled(u.Key) && isSampled(u.Elem)
	}
	return true
}

// nothing writes the zero value of a type, so that it has that type wherever it stands.
func nothing(t *model.Type) *jen.Statement {
	if k := t.Under().Kind; k == model.Slice || k == model.Map {
		return typ(t).Parens(jen.Nil())
	}
	return zero(t)
}

// value writes a value of the type.
func (s *sampler) value(t *model.Type) *jen.Statement {
	if t.Kind == model.Defined {
		switch n := t.Named; {
		case n.Is(timePath, "Time"):
			return jen.Qual(timePath, "Date").Call(jen.Lit(2024), jen.Lit(5), jen.Lit(17), jen.Lit(10), jen.Lit(30), jen.Lit(s.next()), jen.Lit(0), jen.Qual(timePath, "UTC"))
		case n.Is(timePath, "Duration"):
			return jen.Lit(s.next()).Op("*").Qual(timePath, "Second")
		case n.Underlying.Kind == model.Basic:
			return typ(t).Parens(s.value(n.Underlying))
		case n.IsUnion():
			return s.value(n.Variants[0].Type)
		case slices.Contains(s.open, n) || len(s.open) >= maxSampleDepth || s.n >= maxSampleParts:
			s.cut = true
			return nothing(t)
		default:
			s.open = append(s.open, n)
			defer func() { s.open = s.open[:len(s.open)-1] }()
		}
	}
	u := t.Under()
	if !isFilled(u) {
		return nothing(t)
	}
	switch u.Kind {
	case model.Basic:
		return s.basic(u.Name)
	case model.Pointer:
		return s.pointer(u)
	case model.Slice:
		if u.IsBytes() {
			return typ(t).Parens(jen.Lit(s.text()))
		}
		return typ(t).Values(s.value(u.Elem), s.value(u.Elem))
	case model.Array:
		var list []jen.Code
		for range min(u.Len, 16) {
			list = append(list, s.value(u.Elem))
		}
		return typ(t).Values(list...)
	case model.Map:
		return typ(t).Values(s.value(u.Key).Op(":").Add(s.value(u.Elem)))
	case model.Struct:
		return typ(t).Add(s.fields(u))
	}
	return jen.Nil()
}

func (s *sampler) fields(t *model.Type) *jen.Statement {
	var list []jen.Code
	for _, f := range t.Fields {
		if f.Omitted() || !f.Exported || !isSampled(f.Type) {
			continue
		}
		s.name = f.Name
		list = append(list, field(f.Name, s.value(f.Type)))
	}
	if len(list) == 0 {
		return jen.Values()
	}
	return multiline(list...)
}

func (s *sampler) pointer(t *model.Type) *jen.Statement {
	if t.Elem.Under().Kind == model.Struct && !t.Elem.Named.Is(timePath, "Time") {
		return jen.Op("&").Add(s.value(t.Elem))
	}
	value := s.value(t.Elem)
	if t.Elem.Kind == model.Basic {
		value = typ(t.Elem).Parens(value)
	}
	return jen.New(value)
}

func (s *sampler) text() string { return fmt.Sprintf("%s %d", strings.ToLower(s.name), s.next()) }

func (s *sampler) basic(name string) *jen.Statement {
	switch name {
	case "bool":
		return jen.True()
	case "string":
		return jen.Lit(s.text())
	case "float32", "float64":
		return jen.Lit(float64(s.next()) + 0.5)
	case "complex64", "complex128":
		return jen.Complex(jen.Lit(s.next()), jen.Lit(s.next()))
	}
	return jen.Lit(1 + (s.next()-1)%100) // fits the smallest
}

// writeComparison writes the option that compares messages.
func (fx *fixtureWriter) writeComparison(f *jen.File) {
	f.Line()
	comment(f, wrap(fmt.Sprintf("%s is how to compare messages of package %s with go-cmp, as in cmp.Diff(want, got, %s.%s()): "+
		"unexported fields count, times are equal if they are the same instant, refs if they name the same actor, and an empty "+
		"slice or map is as good as none, for the wire does not tell them apart, and values that encode themselves are equal if they do it equally.",
		model.ComparisonName, fx.pkg.Name, fx.pkg.FixturesName(), model.ComparisonName)))
	options := []jen.Code{jen.Qual(cmpoptsPath, "EquateEmpty").Call()}
	if slices.ContainsFunc(fx.messages, func(n *model.Named) bool { return n.Underlying.HasRefs() }) {
		options = append(options, jen.Qual(cmpPath, "Comparer").Call(
			jen.Func().Params(jen.List(jen.Id("a"), jen.Id("b")).Add(actor("GenRef"))).Bool().
				Add(line(jen.Return(jen.Id("a").Op("==").Id("b"))))))
	}
	for _, t := range fx.encoded {
		options = append(options, fx.comparer(t))
	}
	options = append(options, jen.Qual(cmpPath, "Exporter").Call(
		jen.Func().Params(jen.Qual(reflectPath, "Type")).Bool().Add(line(jen.Return(jen.True())))))
	f.Func().Id(model.ComparisonName).Params().Qual(cmpPath, "Option").Block(
		jen.Return(jen.Qual(cmpPath, "Options").Add(multiline(options...))))
}

// comparer writes the option that compares values of a type that encodes itself.
func (fx *fixtureWriter) comparer(t *model.Type) jen.Code {
	param := typ(t)
	same := map[model.Encoding]string{model.ByBinary: "SameBinary", model.ByText: "SameText", model.ByJSON: "SameJSON"}[t.Named.Encoding]
	equal := jen.Qual(actortestPath, same).Call(jen.Op("&").Id("a"), jen.Op("&").Id("b"))
	if t.Named.Encoding == model.ByProto { // which must not be copied
		param = jen.Op("*").Add(param)
		equal = jen.Qual(protoPath, "Equal").Call(jen.Id("a"), jen.Id("b"))
	}
	return jen.Qual(cmpPath, "Comparer").Call(
		jen.Func().Params(jen.List(jen.Id("a"), jen.Id("b")).Add(param)).Bool().Add(line(jen.Return(equal))))
}

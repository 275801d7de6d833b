package emit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// union writes the type that encodes a union, and its methods. An interface cannot have any of its own.
func (t *trees) union(out *bytes.Buffer, u *model.Union) {
	n := u.Type.Named
	x := &unionWriter{trees: t, Union: u, name: t.spell(u.Type), inner: t.recursive[n]}
	for _, v := range n.Variants {
		x.may = append(x.may, t.spell(v.Type))
	}
	fmt.Fprintf(out, `
// %[1]s encodes %[4]s: as the name of the type that it holds, and the value.
type %[1]s struct{ value *%[2]s }

func %[3]s(value *%[2]s) %[1]s { return %[1]s{value} }
`, u.Name, x.name, u.Convert(), article(x.name))
	marshal, unmarshal := "MarshalMsg", "UnmarshalMsg"
	if x.inner {
		marshal, unmarshal = "appendMsg", "readMsg"
		x.outer(out)
	}
	x.marshal(out, marshal)
	x.unmarshal(out, unmarshal)
	x.size(out)
	if u.Type.HasRefs() {
		x.bind(out)
	}
}

type unionWriter struct {
	*trees
	*model.Union
	name  string   // of the interface
	may   []string // what it may hold
	inner bool     // it may contain itself
}

// each writes a case for every variant. A pointer's value is its own, another's is a copy.
func (x *unionWriter) each(out *bytes.Buffer, body func(v *model.Variant, pointer bool) string) {
	for i, v := range x.Type.Named.Variants {
		if text := body(v, v.Type.Kind == model.Pointer); text != "" {
			fmt.Fprintf(out, "\tcase %s:\n%s", x.may[i], text)
		}
	}
}

// method is the method of a variant: the inner one within what is recursive.
func (x *unionWriter) method(v *model.Variant, plain, inner string) string {
	if x.inner && v.Type.Holds(x.recursive) {
		return inner
	}
	return plain
}

func (x *unionWriter) list() string { return strconv.Quote(strings.Join(x.may, ", ")) }

func (x *unionWriter) outer(out *bytes.Buffer) {
	fmt.Fprintf(out, `
// MarshalMsg appends the name of what u holds, and its value. A value that contains itself, or goes too deep, is an error.
func (u %[1]s) MarshalMsg(b []byte) ([]byte, error) {
	if err := u.nesting(0); err != nil {
		return b, err
	}
	return u.appendMsg(b)
}

// UnmarshalMsg reads u from the start of b and returns the rest. A message that goes too deep is an error.
func (u %[1]s) UnmarshalMsg(b []byte) ([]byte, error) {
	if _, err := %[2]s.Skip(b); err != nil {
		return b, err
	}
	return u.readMsg(b)
}

// nesting is an error if u, at a depth, holds what goes too deep.
func (u %[1]s) nesting(depth int) error {
	switch v := (*u.value).(type) {
`, x.Name, x.repairs.codec)
	x.each(out, func(v *model.Variant, pointer bool) string {
		switch {
		case !v.Type.Holds(x.recursive):
			return ""
		case pointer:
			return "if v != nil {\nreturn v.nesting(depth + 1)\n}\n"
		}
		return "return v.nesting(depth + 1)\n"
	})
	out.WriteString("}\nreturn nil\n}\n")
}

func (x *unionWriter) marshal(out *bytes.Buffer, name string) {
	fmt.Fprintf(out, `
// %[3]s appends the name of what u holds, and its value.
func (u %[1]s) %[3]s(b []byte) ([]byte, error) {
	switch v := (*u.value).(type) {
	case nil:
		return %[2]s.AppendNone(b), nil
`, x.Name, x.repairs.codec, name)
	x.each(out, func(v *model.Variant, pointer bool) string {
		text := fmt.Sprintf("return v.%s(%s.AppendVariant(b, %q))\n", x.method(v, "MarshalMsg", "appendMsg"), x.repairs.codec, v.Name())
		if pointer {
			text = fmt.Sprintf("if v == nil {\nreturn %s.AppendNone(b), nil\n}\n", x.repairs.codec) + text
		}
		return text
	})
	fmt.Fprintf(out, "}\nreturn b, %s.NotVariant(*u.value, %q, %s)\n}\n", x.repairs.codec, x.name, x.list())
}

func (x *unionWriter) unmarshal(out *bytes.Buffer, name string) {
	fmt.Fprintf(out, `
// %[3]s reads what u holds from the start of b, and returns the rest.
func (u %[1]s) %[3]s(b []byte) ([]byte, error) {
	*u.value = nil
	name, b, err := %[2]s.ReadVariant(b)
	if err != nil {
		return b, err
	}
	switch string(name) {
	case "":
		return b, nil
`, x.Name, x.repairs.codec, name)
	for i, v := range x.Type.Named.Variants {
		made := "var v " + x.may[i]
		if v.Type.Kind == model.Pointer {
			made = "v := new(" + strings.TrimPrefix(x.may[i], "*") + ")"
		}
		fmt.Fprintf(out, "case %q:\n%s\nb, err = v.%s(b)\n*u.value = v\nreturn b, err\n", v.Name(), made, x.method(v, "UnmarshalMsg", "readMsg"))
	}
	fmt.Fprintf(out, "}\nreturn b, %s.NoVariant(name, %q, %s)\n}\n", x.repairs.codec, x.name, x.list())
}

func (x *unionWriter) size(out *bytes.Buffer) {
	if x.inner {
		fmt.Fprintf(out, `
// Msgsize is a guess at how much u takes when encoded: to look would take as long as to encode it.
func (u %s) Msgsize() int { return %s.NestedSize }
`, x.Name, x.repairs.codec)
		return
	}
	fmt.Fprintf(out, `
// Msgsize is about how much u takes when encoded.
func (u %s) Msgsize() int {
	switch v := (*u.value).(type) {
`, x.Name)
	x.each(out, func(v *model.Variant, pointer bool) string {
		text := fmt.Sprintf("return %d + v.Msgsize()\n", len(v.Name())+6)
		if pointer {
			text = "if v != nil {\n" + text + "}\n"
		}
		return text
	})
	out.WriteString("}\nreturn 1\n}\n")
}

func (x *unionWriter) bind(out *bytes.Buffer) {
	fmt.Fprintf(out, `
// BindRefs makes the refs in a decoded value work from p. Generated code calls it.
func (u %s) BindRefs(p *%s.Proc) {
	switch v := (*u.value).(type) {
`, x.Name, x.imports[actorPath].name)
	x.each(out, func(v *model.Variant, pointer bool) string {
		switch {
		case !v.Type.HasRefs():
			return ""
		case pointer:
			return "if v != nil {\nv.BindRefs(p)\n}\n"
		}
		return "v.BindRefs(p)\n*u.value = v\n"
	})
	out.WriteString("}\n}\n")
}

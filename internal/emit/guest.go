package emit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tinylib/msgp/gen"

	"github.com/actorgen/actorgen/internal/model"
)

// guest writes the type that a guest is converted to, and its serializer.
func (t *trees) guest(out *bytes.Buffer, g *model.Guest) error {
	name := t.spell(g.Type)
	fmt.Fprintf(out, "\n// %s is %s with a serializer.\ntype %s %s\n", g.Name, name, g.Name, name)
	return t.serializer(out, g.Type.Named, g.Name, name)
}

// serializer writes the methods of a type that is called name in this package. guest is what it stands for, if it does.
func (t *trees) serializer(out *bytes.Buffer, n *model.Named, name, guest string) error {
	var how, size string
	switch n.Encoding {
	case model.ByParts:
		if !t.recursive[n] {
			return t.print(out, t.root(n, name))
		}
		t.inside = true
		root := t.root(n, name)
		t.inside = false
		text, err := t.text(root, gen.Marshal, gen.Unmarshal)
		t.nested(out, text, n, root)
		return err
	case model.ByBinary:
		how, size = "Binary", "BinarySize"
	case model.ByText:
		how, size = "Text", "TextSize"
	case model.ByProto:
		t.proto(out, name, guest)
		return nil
	case model.ByJSON:
		how, size = "JSON", "TextSize"
	}
	self, receiver := "z", "*"+name
	switch {
	case guest != "":
		self = "(*" + guest + ")(z)"
	case isByValue(n):
		self, receiver = "&z", name
	}
	codec := t.repairs.codec
	fmt.Fprintf(out, `
// MarshalMsg appends what Marshal%[3]s returns.
func (z %[7]s) MarshalMsg(b []byte) ([]byte, error) { return %[2]s.Append%[3]s(b, %[4]s) }

// UnmarshalMsg passes a value from the start of b to Unmarshal%[3]s, and returns the rest.
func (z *%[1]s) UnmarshalMsg(b []byte) ([]byte, error) {
	%[5]s
	return %[2]s.Read%[3]s(b, %[8]s)
}

// Msgsize is a guess at how much z takes when encoded.
func (z %[7]s) Msgsize() int { return %[2]s.%[6]s }
`, name, codec, how, self, clearing(tree{name: name, kind: n.Underlying.Kind}), size, receiver, strings.TrimPrefix(self, "&"))
	return nil
}

// proto writes the methods of a type that is a protocol buffer.
func (t *trees) proto(out *bytes.Buffer, name, guest string) {
	self := "z"
	if guest != "" {
		self = "(*" + guest + ")(z)"
	}
	fmt.Fprintf(out, `
// MarshalMsg appends z as a protocol buffer.
func (z *%[1]s) MarshalMsg(b []byte) ([]byte, error) {
	return %[2]s.AppendEncoded(b, func(b []byte) ([]byte, error) { return %[3]s.MarshalOptions{}.MarshalAppend(b, %[4]s) })
}

// UnmarshalMsg reads z, as a protocol buffer, from the start of b and returns the rest.
func (z *%[1]s) UnmarshalMsg(b []byte) ([]byte, error) {
	return %[2]s.ReadEncoded(b, func(own []byte) error { return %[3]s.Unmarshal(own, %[4]s) })
}

// Msgsize is about how much z takes when encoded.
func (z *%[1]s) Msgsize() int { return 5 + %[3]s.Size(%[4]s) }
`, name, t.repairs.codec, t.imports[protoPath].name, self)
}

package model

import (
	"fmt"
	"strings"
)

// shortShape is the length up to which a handler's Shape spells out the fields of its messages.
const shortShape = 160

// Shape describes a handler for a reader: names of parameters, and the fields of messages as far as there is room.
func (h *Handler) Shape() string {
	full := h.describe(3)
	for depth := 2; len(full) > shortShape && depth >= 0; depth-- {
		full = h.describe(depth)
	}
	return full
}

// Schema is the canonical text of all that both sides of a call must agree on: its kind, and the types of arguments and
// result down to the last field. Names of parameters are not in it: they do not travel.
func (h *Handler) Schema() string {
	b := shaper{seen: map[*Named]int{}}
	b.WriteString("(")
	for i, p := range h.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.write(p.Type, -1)
	}
	b.WriteString(")")
	b.end(h, -1)
	return b.String()
}

func (h *Handler) describe(depth int) string {
	b := shaper{seen: map[*Named]int{}}
	b.WriteString(h.Name + "(")
	for i, p := range h.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(h.ParamName(i) + " ")
		b.write(p.Type, depth)
	}
	b.WriteString(")")
	b.end(h, depth)
	return b.String()
}

// A shaper writes types. It spells out what a defined type consists of once, and then tells only which one it is.
type shaper struct {
	strings.Builder
	seen map[*Named]int // the types spelled out, numbered from 1
}

// end writes what comes after the parameters.
func (b *shaper) end(h *Handler, depth int) {
	v := h.Value()
	if h.Session != nil {
		b.session(h.Session, depth)
		v = h.Session.Result
	}
	if v != nil && (h.Session == nil || !v.IsNothing()) {
		b.WriteString(" ")
		b.write(v, depth)
	}
	if h.Oneway() {
		b.WriteString(" oneway")
	}
}

// session writes what travels in a session beside its result.
func (b *shaper) session(s *Session, depth int) {
	if s.Stream() {
		b.WriteString(" stream(")
		b.write(s.Out, depth)
		b.WriteString(")")
		return
	}
	b.WriteString(" session(open ")
	b.write(s.Open, depth)
	b.WriteString(", in ")
	b.write(s.In, depth)
	b.WriteString(", out ")
	b.write(s.Out, depth)
	b.WriteString(")")
}

// write writes the type as it is on the wire, its messages to the given depth; -1 is all of it.
func (b *shaper) write(t *Type, depth int) {
	switch t.Kind {
	case Defined:
		n := t.Named
		taken := t.PortOf()
		switch {
		case taken != nil:
			b.WriteString("port(")
			b.write(taken, depth)
			b.WriteString(")")
		case n.Role == ArgsRole:
			b.WriteString(n.Name)
		case n.Role == RefRole:
			b.WriteString("ref")
		case n.IsTime():
			b.WriteString("time." + n.Name)
		case n.Encoding != ByParts && !n.Codec:
			b.WriteString(n.Name + "=" + n.Encoding.String())
		case n.IsOpaque():
			b.WriteString(n.Name)
		case n.Underlying.Kind == Basic:
			if depth < 0 {
				fmt.Fprintf(&b.Builder, "%s=", n.Name)
			}
			b.WriteString(n.Underlying.Name)
		case b.seen[n] > 0:
			b.WriteString(n.Name)
			if depth < 0 {
				fmt.Fprintf(&b.Builder, "#%d", b.seen[n])
			}
		default:
			b.seen[n] = len(b.seen) + 1
			b.WriteString(n.Name)
			if n.IsUnion() {
				b.variants(n, depth)
				return
			}
			if n.Underlying.Kind != Struct {
				b.WriteString("=")
			}
			b.write(n.Underlying, depth)
		}
	case Struct:
		b.fields(t, depth)
	case Pointer:
		b.WriteString("*")
		b.write(t.Elem, depth)
	case Slice:
		b.WriteString("[]")
		b.write(t.Elem, depth)
	case Array:
		fmt.Fprintf(&b.Builder, "[%d]", t.Len)
		b.write(t.Elem, depth)
	case Map:
		b.WriteString("map[")
		b.write(t.Key, depth)
		b.WriteString("]")
		b.write(t.Elem, depth)
	default:
		b.WriteString(t.Name)
	}
}

func (b *shaper) variants(n *Named, depth int) {
	b.WriteString("(")
	for i, v := range n.Variants {
		if i > 0 {
			b.WriteString(" | ")
		}
		b.write(v.Type, depth)
	}
	b.WriteString(")")
}

func (b *shaper) fields(t *Type, depth int) {
	if depth == 0 {
		b.WriteString("{...}")
		return
	}
	b.WriteString("{")
	first := true
	for _, f := range t.Fields {
		tag, _ := f.ParseTag()
		if f.Omitted() {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(tag.Name + " ")
		b.write(f.Type, depth-1)
	}
	b.WriteString("}")
}

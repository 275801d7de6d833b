package emit

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// Types that may contain themselves have two methods for each direction: MarshalMsg and UnmarshalMsg look first how deep the
// value or the message goes, and inside them appendMsg and readMsg do without.

// innerCall is what calls within recursive types are marked with, for msgp/gen to print.
const innerCall = "actorgenInner"

var (
	innerMarshal   = regexp.MustCompile(`(?m)^(\s*o, err = )` + innerCall + `(.*\(.*\))\.MarshalMsg\(o\)$`)
	converted      = regexp.MustCompile(`^(\(\*[\pL\pN_]+\)|[\pL\pN_]+)\(`)
	innerUnmarshal = regexp.MustCompile(`(?m)^(\s*bts, err = )` + innerCall + `(.*\(.*\))\.UnmarshalMsg\(bts\)$`)
)

// nested turns the methods that msgp/gen has printed for a recursive type into the inner ones, and adds the others.
func (t *trees) nested(out *bytes.Buffer, text string, n *model.Named, root tree) {
	receiver := "*" + root.name
	if root.byValue {
		receiver = root.name
	}
	text = strings.Replace(text, ") MarshalMsg(b []byte) (o []byte, err error) {\no = msgp.Require(b, z.Msgsize())", ") appendMsg(b []byte) (o []byte, err error) {\no = b", 1)
	text = strings.Replace(text, ") UnmarshalMsg(bts []byte)", ") readMsg(bts []byte)", 1)
	text = strings.Replace(text, "// MarshalMsg implements msgp.Marshaler", "// appendMsg is MarshalMsg for a value that is known to end.", 1)
	text = strings.Replace(text, "// UnmarshalMsg implements msgp.Unmarshaler", "// readMsg is UnmarshalMsg for a message that is known not to be too deep.", 1)
	text = inner(text, innerMarshal, ".appendMsg(o)")
	text = inner(text, innerUnmarshal, ".readMsg(bts)")
	walk := &walker{trees: t}
	value := "z"
	if n.Underlying.Kind != model.Struct {
		value = "(*z)"
		if root.byValue {
			value = "z"
		}
	}
	walk.parts(value, n.Underlying, 1)
	t.guarded(out, receiver, "*"+root.name, fmt.Sprintf("if err := %s.CheckNesting(depth); err != nil {\nreturn err\n}\n", t.repairs.codec)+walk.out.String())
	out.WriteString(text)
}

// guarded writes the outer methods of a recursive type, for the receivers of a value and of what is read into. nesting is what
// the method of that name does before it finds nothing wrong.
func (t *trees) guarded(out *bytes.Buffer, value, into, nesting string) {
	fmt.Fprintf(out, `
// MarshalMsg appends z as msgpack. A value that contains itself, or goes too deep for a message, is an error.
func (z %[1]s) MarshalMsg(b []byte) ([]byte, error) {
	if err := z.nesting(0); err != nil {
		return b, err
	}
	return z.appendMsg(b)
}

// UnmarshalMsg reads z from the start of b and returns the rest. A message that goes too deep is an error.
func (z %[2]s) UnmarshalMsg(b []byte) ([]byte, error) {
	if _, err := %[3]s.Skip(b); err != nil {
		return b, err
	}
	return z.readMsg(b)
}

// Msgsize is a guess at how much z takes when encoded: to look would take as long as to encode it.
func (z %[1]s) Msgsize() int { return %[3]s.NestedSize }

// nesting is an error if z, at a depth, holds what goes too deep.
func (z %[1]s) nesting(depth int) error {
%[4]s	return nil
}
`, value, into, t.repairs.codec, nesting)
}

// inner has marked calls go to the inner method.
func inner(text string, call *regexp.Regexp, method string) string {
	return call.ReplaceAllStringFunc(text, func(line string) string {
		m := call.FindStringSubmatch(line)
		value := m[2]
		if bare := value[1 : len(value)-1]; !converted.MatchString(value) && !strings.HasPrefix(bare, "*") {
			value = bare
		}
		return m[1] + value + method
	})
}

// A walker writes the statements that look into the parts of a recursive value that may hold another.
type walker struct {
	*trees
	out   strings.Builder
	loops int
}

func (w *walker) parts(value string, t *model.Type, depth int) {
	if t.Kind == model.Struct {
		for _, f := range t.Fields {
			if !f.Omitted() {
				w.walk(value+"."+f.Name, f.Type, depth)
			}
		}
		return
	}
	w.walk(value, t, depth-1)
}

// walk looks into an addressable value of the type, at so many levels below the type whose method it is.
func (w *walker) walk(value string, t *model.Type, depth int) {
	if !t.Holds(w.recursive) {
		return
	}
	local := fmt.Sprintf("%d", w.loops)
	switch t.Kind {
	case model.Defined:
		w.call(value, "&"+value, t, depth)
	case model.Pointer:
		fmt.Fprintf(&w.out, "if %s != nil {\n", value)
		if e := t.Elem; e.Kind == model.Defined {
			w.call(value, value, e, depth)
		} else {
			w.walk("(*"+value+")", e, depth)
		}
		w.out.WriteString("}\n")
	case model.Slice, model.Array:
		w.loops++
		fmt.Fprintf(&w.out, "for i%s := range %s {\n", local, value)
		w.walk(value+"[i"+local+"]", t.Elem, depth+1)
		w.out.WriteString("}\n")
	case model.Map:
		w.loops++
		fmt.Fprintf(&w.out, "for _, v%s := range %s {\n", local, value)
		w.walk("v"+local, t.Elem, depth+1)
		w.out.WriteString("}\n")
	case model.Struct:
		w.parts(value, t, depth+1)
	}
}

// call looks into a value that is of a recursive type itself.
func (w *walker) call(value, pointer string, t *model.Type, depth int) {
	if convert := w.conversions[t.Text]; convert != "" {
		value = convert + "(" + pointer + ")"
	}
	fmt.Fprintf(&w.out, "if err := %s.nesting(depth + %d); err != nil {\nreturn err\n}\n", value, depth)
}

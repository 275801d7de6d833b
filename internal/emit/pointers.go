package emit

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tinylib/msgp/gen"
)

// dereference repairs what msgp/gen prints of a tree where pointers lead to anything but a struct or a basic type. It puts
// parentheses round what they lead to before an index of a slice only, not of an array or map, nor before a method behind two
// pointers; and it forgets to take the address of an array's element behind a pointer.
func dereference(text string, root gen.Elem) string {
	pointers := pointersIn(root, nil)
	slices.SortFunc(pointers, func(p, q *gen.Ptr) int { return cmp.Compare(len(q.Value.Varname()), len(p.Value.Varname())) })
	for _, p := range pointers {
		if name := p.Value.Varname(); strings.HasPrefix(name, "*") {
			text = regexp.MustCompile(`(`+anyIndex(name)+`)([\[.])`).ReplaceAllString(text, "($1)$2")
		}
		if shim := shimmed(p.Value); shim != "" {
			element := anyIndex(p.Varname()) + `(?:\[z[ab]\d{4}\])+`
			text = regexp.MustCompile(regexp.QuoteMeta(shim)+`\((`+element+`)\)`).ReplaceAllString(text, shim+"(&$1)")
		}
	}
	return text
}

var index = regexp.MustCompile(`z[ab]\d{4}`)

// anyIndex is a pattern for the name of a variable. Its indices are numbered anew after printing, and its root is then another.
func anyIndex(name string) string {
	pattern := index.ReplaceAllString(regexp.QuoteMeta(name), `z[ab]\d{4}`)
	stars := len(pattern) - len(strings.TrimLeft(pattern, `\*`))
	if rest, ok := strings.CutPrefix(pattern[stars:], `z\[`); ok {
		return pattern[:stars] + `(?:z|\(\*z\))\[` + rest
	}
	return pattern
}

// pointersIn appends the pointers in a tree.
func pointersIn(e gen.Elem, found []*gen.Ptr) []*gen.Ptr {
	switch e := e.(type) {
	case *gen.Struct:
		for _, f := range e.Fields {
			found = pointersIn(f.FieldElem, found)
		}
	case *gen.Slice:
		return pointersIn(e.Els, found)
	case *gen.Array:
		return pointersIn(e.Els, found)
	case *gen.Map:
		return pointersIn(e.Value, found)
	case *gen.Ptr:
		return pointersIn(e.Value, append(found, e))
	}
	return found
}

// shimmed is what the elements of an array are converted by.
func shimmed(e gen.Elem) string {
	array, ok := e.(*gen.Array)
	if !ok {
		return ""
	}
	for {
		switch e := array.Els.(type) {
		case *gen.Array:
			array = e
			continue
		case *gen.BaseElem:
			return e.ShimToBase
		}
		return ""
	}
}

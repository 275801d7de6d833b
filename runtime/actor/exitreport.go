package actor

import (
	"fmt"
	"strings"
	"time"
)

// The bounds of a report.
const (
	maxReportLevels  = 32   // actors from the top to the root cause; those in the middle are left out
	maxReportError   = 1000 // bytes of one error's text
	maxReportHeaders = 20   // each of at most maxReportHeader bytes
	maxReportHeader  = 100
)

// Report tells of the exit in several lines, from the actor down to the root cause, each level indented by two spaces: which
// child's failure it was, in which handler the failure arose, when, with which error and which headers of the message. It is
// for people, and bounded: long texts are cut, and of more than 32 levels those in the middle are left out.
func (e *Exit) Report() string {
	if e.Child.c == nil {
		return e.String()
	}
	if !e.Failed() || e.failure == nil {
		return fmt.Sprintf("%s %s", e.Child.c.label(), indentText(e.Status.String(), 0))
	}
	levels := 0
	for f := e.failure; f != nil; _, f = f.below() {
		levels++
	}
	var b strings.Builder
	c, f := e.Child.c, e.failure
	for level, depth := 0, 0; f != nil; level++ {
		if levels > maxReportLevels && level == maxReportLevels/2 {
			left := levels - maxReportLevels
			fmt.Fprintf(&b, "\n%s… %d levels are left out", strings.Repeat("  ", depth), left)
			for range left {
				c, f = f.below()
			}
			depth++
		}
		f.write(&b, c, depth)
		c, f = f.below()
		depth++
	}
	return b.String()
}

// below returns the child whose failure f is, and that failure; nil for the root cause.
func (f *failure) below() (*core, *failure) {
	if f.child == nil {
		return nil, nil
	}
	return f.child, f.child.side.Load().failure
}

// write writes the level of c, whose failure f is.
func (f *failure) write(b *strings.Builder, c *core, depth int) {
	indent := strings.Repeat("  ", depth)
	if depth > 0 {
		b.WriteString("\n" + indent + "child ")
	}
	b.WriteString(c.label() + " failed")
	err := f.own
	if f.child == nil {
		err = f.err
		if f.op != noOp && !f.panicked { // else the error says it
			b.WriteString(" in " + c.kind().what(f.op))
		}
		b.WriteString(" at " + f.at.Format(time.RFC3339Nano))
	}
	if err != nil {
		b.WriteString(": " + indentText(err.Error(), depth))
	}
	for i, h := range f.headers.all() {
		if i == maxReportHeaders {
			b.WriteString(", …")
			break
		}
		lead := ", "
		if i == 0 {
			lead = "\n" + indent + "  headers: "
		}
		b.WriteString(lead + shorten(h.Key+"="+h.Value, maxReportHeader))
	}
}

// indentText bounds a text and indents its further lines to stand below the level.
func indentText(text string, depth int) string {
	return strings.ReplaceAll(shorten(strings.TrimSpace(text), maxReportError), "\n", "\n"+strings.Repeat("  ", depth+1))
}

// shorten cuts a text to so many bytes, at the boundary of a character.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

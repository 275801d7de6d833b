package actor

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

// Describe returns err in several lines for people to read, without a newline at the end: the text, then what the *Errors in its
// tree tell. nil is "".
//
//	paying the rent: bank.Account.Withdraw: panic: index out of range
//	  code:   panic
//	  origin: bank.Account alice in proc branch
//	  via:    branch -> head
//	  ┌─ stack in proc branch
//	  │ goroutine 12 [running]:
//	  └─
//
// The stack is that of the proc where the error arose, and not those of procs that passed it on. At most 16 KiB of it are shown. What
// could do something else to a terminal than to show a character is replaced.
func Describe(err error) string {
	if err == nil {
		return ""
	}
	var b strings.Builder
	indented(&b, "", "    ", textWithout(err, func([]string) bool { return true }))
	all := traces(err)
	for i := range all {
		indent := "  "
		if len(all) > 1 {
			indented(&b, "\n  - ", "      ", all[i].text())
			indent = "    "
		}
		all[i].describe(&b, indent)
	}
	return b.String()
}

// describe writes all but the text, each line with a newline before it.
func (e *Error) describe(b *strings.Builder, indent string) {
	field := func(name, value string) {
		if value != "" {
			indented(b, "\n"+indent+name, indent+"        ", value)
		}
	}
	if e.Code != CodeUnknown && e.Code != CodeHandler {
		field("code:   ", e.Code.String())
	}
	field("type:   ", e.Type)
	field("origin: ", e.Origin)
	field("via:    ", strings.Join(e.Path, " -> "))
	if e.Stack == "" {
		return
	}
	title := "stack"
	if e.StackProc != "" {
		title += " in proc " + e.StackProc
	}
	bar := "\n" + indent
	indented(b, bar+"┌─ ", indent, title)
	indented(b, bar+"│ ", indent+"│ ", strings.TrimSpace(cutMiddle(e.Stack, maxStack)))
	b.WriteString(bar + "└─")
}

// indented writes lines, the first after lead and the others after indent.
func indented(b *strings.Builder, lead, indent, lines string) {
	b.WriteString(lead)
	lines = strings.ReplaceAll(strings.Map(printable, lines), "\n", "\n"+indent)
	b.WriteString(lines)
}

// printable replaces what controls a terminal.
func printable(r rune) rune {
	if !unicode.IsGraphic(r) && r != '\n' && r != '\t' {
		return unicode.ReplacementChar
	}
	return r
}

// Format prints the error with %+v as Describe does it, and in one line else.
func (e *Error) Format(s fmt.State, verb rune) {
	if verb == 'v' && s.Flag('+') {
		io.WriteString(s, Describe(e))
		return
	}
	fmt.Fprintf(s, fmt.FormatString(s, verb), e.Error())
}

// LogValue is one line: a slog.TextHandler would print the error with %+v.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

package model

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A Pos is a place in a source file. The zero value is no place.
type Pos struct {
	File      string // absolute
	Line, Col int    // from 1
}

// IsValid tells whether the position names a place.
func (p Pos) IsValid() bool { return p.File != "" }

// Rel writes the position with its file relative to dir, if the file is below it.
func (p Pos) Rel(dir string) string {
	if !p.IsValid() {
		return "-"
	}
	file := p.File
	if rel, err := filepath.Rel(dir, file); err == nil && !strings.HasPrefix(rel, "..") {
		file = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Col)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// A Problem is one thing that the user has to change before anything is generated.
type Problem struct {
	Pos  Pos
	Rule string // the name of the broken rule, as docs/errors.md has it; empty for what the compiler says
	What string // what is wrong with what
	Todo string // what to do about it; may be empty
}

// Rel writes the problem on one line, as file:line:col: what: what to do.
func (p Problem) Rel(dir string) string {
	text := p.Pos.Rel(dir) + ": " + p.What
	if p.Todo != "" {
		text += ": " + p.Todo
	}
	return text
}

// SortProblems orders problems by position and drops repeated ones.
func SortProblems(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.What, b.What), cmp.Compare(a.Todo, b.Todo))
	})
	return slices.Compact(problems)
}

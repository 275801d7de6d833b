package model_test

import (
	"strings"
	"testing"

	"github.com/actorgen/actorgen/internal/model"
)

func basic(name string, size int64) *model.Type {
	return &model.Type{Kind: model.Basic, Name: name, Text: name, Size: size, Align: min(size, 8)}
}

// cast makes a handler with parameters a, b, c...
func cast(name string, types ...*model.Type) *model.Handler {
	h := &model.Handler{Name: name, Annotation: &model.Annotation{Args: []model.Arg{{Key: "oneway"}}}}
	for i, t := range types {
		h.Params = append(h.Params, &model.Param{Name: string(rune('a' + i)), Type: t})
	}
	return h
}

func layout(handlers ...*model.Handler) (*model.Cell, string) {
	a := &model.Contract{Name: "A", Handlers: handlers}
	for _, h := range handlers {
		h.Contract = a
	}
	cell := a.Cell()
	var fields []string
	for _, s := range cell.Slots {
		fields = append(fields, s.Name+": "+strings.Join(s.Users, ", "))
	}
	return cell, strings.Join(fields, "\n")
}

func TestCellSharesFieldsByType(t *testing.T) {
	t.Parallel()
	text, number := basic("string", 16), basic("int64", 8)
	cell, got := layout(cast("Add", number), cast("Note", text), cast("Move", text, text, number), cast("Ping"))
	want := "int64s0: Add a, Move c\nstring0: Note a, Move a\nstring1: Move b"
	if got != want || cell.Size != 40 {
		t.Errorf("%d bytes:\n%s", cell.Size, got)
	}
}

func TestCellFramesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	text := basic("string", 16)
	wide, four := cast("Wide", basic("T", 49)), cast("Four", text, text, text, text)
	cell, got := layout(four, wide, cast("Three", text, text, text), cast("Byte", basic("uint8", 1)))
	if !cell.IsFramed(four) || !cell.IsFramed(wide) {
		t.Errorf("something too wide is in the cell:\n%s", got)
	}
	// The smallest is placed first, so that Three finds no room for all it needs.
	if cell.Size > model.CellLimit || got != "uint8s0: Byte a" {
		t.Errorf("%d bytes:\n%s", cell.Size, got)
	}
}

func TestCellHasNoPadding(t *testing.T) {
	t.Parallel()
	cell, got := layout(cast("Mixed", basic("bool", 1), basic("int64", 8), basic("int16", 2), basic("struct{}", 0), basic("float32", 4)))
	if cell.Size != 16 {
		t.Errorf("%d bytes:\n%s", cell.Size, got)
	}
}

func TestSlotsOfOneNameAreNumbered(t *testing.T) {
	t.Parallel()
	here := &model.Type{Kind: model.Defined, Named: &model.Named{Name: "Kind"}, Text: "here.Kind", Size: 8, Align: 8}
	there := &model.Type{Kind: model.Defined, Named: &model.Named{Name: "Kind"}, Text: "there.Kind", Size: 8, Align: 8}
	if _, got := layout(cast("M", here, there, here)); got != "kind0: M a\nkind1: M b\nkind2: M c" {
		t.Error(got)
	}
}

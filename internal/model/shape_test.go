package model_test

import (
	"strings"
	"testing"

	"github.com/actorgen/actorgen/internal/model"
)

// order is a message type with a field of each kind that a schema tells apart.
func order(fields ...*model.Field) *model.Type {
	n := &model.Named{Pkg: "p", Name: "Order", Underlying: &model.Type{Kind: model.Struct, Fields: fields}}
	return &model.Type{Kind: model.Defined, Named: n}
}

func field(name, tag string, t *model.Type) *model.Field {
	return &model.Field{Name: name, Tag: tag, Type: t}
}

func TestSchemaTellsWhatTravels(t *testing.T) {
	t.Parallel()
	text := basic("string", 16)
	money := &model.Type{Kind: model.Defined, Named: &model.Named{Name: "Money", Underlying: basic("int64", 8)}}
	ref := &model.Type{Kind: model.Defined, Named: &model.Named{Name: "AccountRef", Role: model.RefRole}}
	h := cast("Place", order(
		field("Items", `msg:"items"`, &model.Type{Kind: model.Slice, Elem: text}),
		field("Home", `msg:"-"`, text),
		field("Sum", "", &model.Type{Kind: model.Map, Key: text, Elem: &model.Type{Kind: model.Pointer, Elem: money}}),
		field("To", "", ref),
	), money)
	h.Contract = &model.Contract{Name: "Shop"}
	const want = "(Order{items []string, Sum map[string]*Money=int64, To ref}, Money=int64) oneway"
	if got := h.Schema(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	h.Params[0].Name, h.Params[1].Name = "x", "y"
	if h.Schema() != want {
		t.Error("names of parameters are in the schema, though they do not travel")
	}
}

func TestShapeIsShort(t *testing.T) {
	t.Parallel()
	var fields []*model.Field
	for range 20 {
		fields = append(fields, field("FieldWithALongName", "", basic("string", 16)))
	}
	h := cast("Place", order(fields...))
	if got := h.Shape(); got != "Place(a Order{...}) oneway" {
		t.Error(got)
	}
	h = cast("Place", order(fields[:2]...))
	if got := h.Shape(); !strings.HasPrefix(got, "Place(a Order{FieldWithALongName string, ") {
		t.Error(got)
	}
}

func TestParseTag(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]model.Tag{
		``:                           {Name: "F"},
		`json:"x"`:                   {Name: "F"},
		`msg:""`:                     {Name: "F"},
		`msg:"f"`:                    {Name: "f"},
		`json:"x" msg:"f,limit=7"`:   {Name: "f", Limit: 7},
		`msg:",limit=2147483647"`:    {Name: "F", Limit: 1<<31 - 1},
		`msg:"-"`:                    {Name: "F", Omit: true},
		`msg:"-,limit=7"`:            {Name: "-", Limit: 7},
		`msg:"with spaces and \"\""`: {Name: `with spaces and ""`},
	} {
		if got, err := field("F", tag, nil).ParseTag(); got != want || err != nil {
			t.Errorf("%s: %+v, %v", tag, got, err)
		}
	}
	for _, tag := range []string{`msg:"f,omitempty"`, `msg:"f,limit"`, `msg:"f,limit=0"`, `msg:"f,limit=-1"`, `msg:"f,limit=2147483648"`, `msg:"f,limit=7,allownil"`} {
		if got, err := field("F", tag, nil).ParseTag(); err == nil {
			t.Errorf("%s: %+v and no error", tag, got)
		}
	}
}

func TestPositionsAreWrittenRelativeToTheFolder(t *testing.T) {
	t.Parallel()
	p := model.Pos{File: "/home/u/bank/a.go", Line: 3, Col: 7}
	for dir, want := range map[string]string{"/home/u": "bank/a.go:3:7", "/home/u/bank": "a.go:3:7", "/home/u/other": "/home/u/bank/a.go:3:7"} {
		if got := p.Rel(dir); got != want {
			t.Errorf("from %s: %s", dir, got)
		}
	}
	if got := (model.Pos{}).Rel("/"); got != "-" {
		t.Error(got)
	}
}

package model_test

import (
	"testing"

	"github.com/actorgen/actorgen/internal/model"
)

func TestLower(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Account": "account", "account": "account", "HTTPServer": "httpServer", "URL": "url", "ID2": "id2", "A": "a", "AB": "ab",
		"Ärger": "ärger", "_hidden": "_hidden", "": "",
	} {
		if got := model.Lower(name); got != want {
			t.Errorf("Lower(%q) is %q, want %q", name, got, want)
		}
	}
}

// Names of helpers for handlers end in a word that no helper for the actor is called by, so that a handler may have any name.
func TestNamesOfHandlersAndActorsAreApart(t *testing.T) {
	t.Parallel()
	a := &model.Actor{Contract: &model.Contract{Pkg: &model.Package{}, Name: "Account", Annotation: &model.Annotation{}}}
	for _, name := range []string{"Kind", "Cell", "Run", "Args", "Append", "Decode", "Frame", "Build", "Handle", "Ref", "Op", "Call", "Calls", "Params", "Result", "Port", "Ports", "At", "Self", "As", "Client"} {
		a.Handlers = append(a.Handlers, &model.Handler{Contract: a.Contract, Name: name, Annotation: &model.Annotation{Args: []model.Arg{{Key: "oneway"}}}})
	}
	a.Pkg.Actors = []*model.Actor{a}
	seen := map[string]string{}
	for _, n := range a.Pkg.GeneratedNames() {
		if other := seen[n.Name]; other != "" {
			t.Errorf("%s is generated for %s and for %s", n.Name, other, n.For)
		}
		seen[n.Name] = n.For
	}
}

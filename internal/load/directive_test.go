package load

import (
	"go/token"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/internal/model"
)

func at(pos token.Pos) model.Pos { return model.Pos{File: "a.go", Line: 1, Col: int(pos)} }

func TestParseComment(t *testing.T) {
	t.Parallel()
	a := parseComment(10, "//actor:handler oneway id=deposit", at)
	if a == nil || a.Form != model.Directive || a.Name != "handler" || len(a.Args) != 2 {
		t.Fatalf("%+v", a)
	}
	if id, ok := a.Arg("id"); !ok || id.Value != "deposit" || id.Pos.Col != 10+len("//actor:handler oneway ") {
		t.Errorf("%+v", id)
	}
	if !a.Has("oneway") || a.Has("local") {
		t.Errorf("%+v", a.Args)
	}
}

func TestNearMisses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"// actor:handler":                       true,
		"//  actor : handler":                    true,
		"//Actor:handler":                        true,
		"//actor: handler oneway id=x":           true,
		"//actor:Handler":                        true,
		"/*actor:actor*/":                        true,
		"/* actor:error */":                      true,
		"// ACTOR:MESSAGE":                       true,
		"//actorgen:handler oneway":              true,
		"//actor.actor":                          true,
		"//actor-handler":                        true,
		"// actor:union Circle *Square":          true,
		"// actor: union of them all":            false,
		"// actor.go has the rest":               false,
		"// actor:handlers":                      false,
		"// actor: the word":                     false,
		"// actor: handler of all":               false,
		"// see actor:handler":                   false,
		"// an actor: message and error":         false,
		"/* actor: message\nand more */":         false,
		"//msgp:tuple":                           false,
		"//go:generate go tool actorgen":         false,
		"// actor:message is how to annotate it": false,
	} {
		a := parseComment(1, text, at)
		if got := a != nil && a.Form == model.NearMiss; got != want {
			t.Errorf("%q: a near miss is %t, want %t", text, got, want)
		}
	}
}

func FuzzParseComment(f *testing.F) {
	for _, seed := range []string{
		"//actor:actor", "//actor:actor name=bank.Account", "//actor:handler oneway id=x", "// actor:handler", "/*actor:actor*/",
		`//actor:actor "name=a b" 'x`, "//actor:", "//actor: actor", "//actor:a=b=c", "//actor:handler\toneway", "//\xff:a", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := parseComment(1, text, at)
		if a == nil {
			return
		}
		if a.Form == model.Directive && (a.Name == "" || !strings.HasPrefix(text, "//actor:"+a.Name)) {
			t.Errorf("%q is read as %+v", text, a)
		}
		for _, arg := range a.Args {
			if n := arg.Pos.Col - 1; n < 0 || n >= len(text) {
				t.Errorf("%q: argument %q at %d", text, arg.Key, n)
			}
		}
		if strings.Contains(a.Text, "\n") && a.Form == model.NearMiss {
			t.Errorf("%q: a text of several lines", text)
		}
	})
}

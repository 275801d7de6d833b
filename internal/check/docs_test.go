package check_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/actorgen/actorgen/internal/check"
)

var verb = regexp.MustCompile(`%\[\d\](.)`)

// shown writes a rule's message with … for what varies.
func shown(r check.Rule) string {
	return verb.ReplaceAllStringFunc(r.What+": "+r.Todo, func(v string) string {
		if strings.HasSuffix(v, "q") {
			return `"…"`
		}
		return "…"
	})
}

// docs/errors.md has a section for every rule, with the rule's message and some words about it.
func TestEveryErrorIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, section := range strings.Split(string(doc), "\n### ")[1:] {
		name, rest, _ := strings.Cut(section, "\n")
		paragraphs := strings.Split(strings.TrimSpace(rest), "\n\n")
		if len(paragraphs) < 2 || len(paragraphs[1]) < 40 {
			t.Errorf("%s: there is nothing about it beyond its message", name)
		}
		got = append(got, name+"\n"+strings.TrimPrefix(paragraphs[0], "> "))
	}
	for _, r := range check.Rules() {
		want = append(want, r.Name+"\n"+shown(r))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/errors.md and the rules (-rules +docs):\n%s", diff)
	}
}

func TestRulesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range check.Rules() {
		if r.Name == "" || r.What == "" || r.Todo == "" || seen[r.Name] {
			t.Errorf("rule %q: %q, %q", r.Name, r.What, r.Todo)
		}
		seen[r.Name] = true
	}
}

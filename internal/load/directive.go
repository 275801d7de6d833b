package load

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// tool is what directives of actorgen begin with, between // and the colon.
const tool = "actor"

// position turns a token.Pos into a place.
type position func(token.Pos) model.Pos

// parseComment reads one comment, such as "//actor:handler oneway". It returns nil if the comment does not address the
// generator.
func parseComment(pos token.Pos, text string, at position) *model.Annotation {
	d, ok := ast.ParseDirective(pos, text)
	if ok && d.Tool == tool {
		a := &model.Annotation{Pos: at(pos), Text: text, Form: model.Directive, Name: d.Name}
		args, err := d.ParseArgs()
		if err != nil {
			a.BadArgs = err.Error()
		}
		for _, arg := range args {
			key, value, has := strings.Cut(arg.Arg, "=")
			a.Args = append(a.Args, model.Arg{Pos: at(arg.Pos), Key: key, Value: value, HasValue: has})
		}
		return a
	}
	if isNearMiss(text) {
		return &model.Annotation{Pos: at(pos), Text: firstLine(text), Form: model.NearMiss}
	}
	return nil
}

// nearMiss also takes the name of the command, and what stands between words elsewhere.
var nearMiss = regexp.MustCompile(`^(?://|/\*)\s*(?i:actor|actors|actorgen)\s*[:.-]\s*((?i:actor|handler|message|error|union|contract))\b([^\n]*?)\s*(?:\*/)?$`)

// variant is what a union's arguments look like.
var variant = regexp.MustCompile(`^\*?\p{Lu}\w*$`)

// words are the arguments that directives take without a value.
var words = []string{"oneway", "local", "reentrant", "inline"}

// isNearMiss tells whether the comment was meant as a directive but is written so that Go tools do not see one. What only
// begins like one and goes on in prose, as in "// actor: the handler of ...", was not.
func isNearMiss(text string) bool {
	m := nearMiss.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(m[2]), func(word string) bool {
		if strings.EqualFold(m[1], "union") {
			return !variant.MatchString(word)
		}
		return !strings.Contains(word, "=") && !slices.Contains(words, strings.ToLower(word))
	})
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

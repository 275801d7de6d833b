package emit

import (
	"bytes"
	"fmt"
	"text/template"

	"github.com/actorgen/actorgen/internal/model"
	"github.com/actorgen/actorgen/templates"
)

// tests writes the tests of the messages' serializers.
func (fx *fixtureWriter) tests() ([]byte, error) {
	text, err := templates.FS.ReadFile("fixture_test.go.tmpl")
	if err != nil {
		return nil, fmt.Errorf("reading the template of fixture tests: %w", err)
	}
	tmpl, err := template.New("fixture tests").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("reading the template of fixture tests: %w", err)
	}
	type message struct{ Name, Sample string }
	data := struct {
		Header, Package, Testing, Cmp, Comparison string
		Imports                                   []string
		Messages                                  []message
	}{
		Header: Header, Package: fx.pkg.FixturesName(), Comparison: model.ComparisonName,
		Testing: fx.imports[testingPath].name, Cmp: fx.imports[cmpPath].name,
	}
	for _, path := range []string{testingPath, cmpPath} {
		data.Imports = append(data.Imports, fx.imports.spec(path))
	}
	for _, n := range fx.messages {
		data.Messages = append(data.Messages, message{Name: n.Name, Sample: model.SampleName(n)})
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("writing fixture tests: %w", err)
	}
	return finish(model.FixtureTests, b.Bytes())
}

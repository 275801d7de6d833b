package emit

import (
	"bytes"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// What is too long is broken where a person would break it, and stays Go with the same meaning.
func TestLongLinesAreBroken(t *testing.T) {
	t.Parallel()
	long := func(word string) string { return strings.Repeat(word, 12) }
	src := "package p\n" +
		"func one(a, b int, c " + long("Type") + ", d " + long("Type") + ", opts ...int) (int, error) { return 0, nil }\n" +
		"func call() { return " + long("name") + "(" + long("arg") + ", T{" + long("field") + ": 1})\n}\n" +
		"var x = T{A: \"" + long("some words ") + "\", B: 2}\n" +
		"var sum = " + long("a + ") + long("b+") + long("c+") + "1\n" +
		"// a comment is the user's " + long("own words ") + "\n" +
		"var s = []string{`" + long("raw strings stay as they are ") + "`}\n" +
		"type T interface{ Method(a, b int, c " + long("Type") + ", d " + long("Type") + ") error }\n"
	out, err := finish("x.go", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", out, 0); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if width([]byte(line)) > maxWidth && !strings.Contains(line, "//") && !strings.Contains(line, "raw strings") {
			t.Errorf("%d columns: %s", width([]byte(line)), line)
		}
	}
	again, err := finish("x.go", out)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("formatted again it is different: %v\n%s", err, again)
	}
	if t.Failed() {
		t.Log(string(out))
	}
}

func TestWhatIsNoGoIsADefect(t *testing.T) {
	t.Parallel()
	if _, err := finish("x.go", []byte("package p\nfunc {")); err == nil || !strings.Contains(err.Error(), "formatting x.go failed; this is a defect of actorgen") {
		t.Error(err)
	}
}

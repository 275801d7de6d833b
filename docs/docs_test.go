// Package docs_test holds what the pages of this folder say against the tree.
package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ranges are the ids that a page accounts for: the last number of each letter.
var ranges = map[string]map[string]int{
	"parity.md":    {"A": 89, "B": 84, "C": 36},
	"scenarios.md": {"AT": 49, "BT": 59, "CT": 55},
}

// A row is one line of a table in such a page.
type row struct {
	behaviour, state, proof, id string
	at                          string // the page and its line
}

// A source is a test file of the tree.
type source struct{ file, text string }

var (
	testName = regexp.MustCompile("`([a-z_]+)\\.((?:Test|Fuzz|Example)\\w*)(?:/([\\w-]+))?`")
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
	comment  = regexp.MustCompile(`(?m)^// parity: (.*)\n(?:// .*\n)*func (\w+)\(`)
	mention  = regexp.MustCompile(`(?m)^\s*// parity:`)
	link     = regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	fence    = regexp.MustCompile("(?s)```go\n(.*?)```")
	elision  = regexp.MustCompile(`(?m)^\s*// …$`)
)

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// rows reads the tables of a page.
func rows(t *testing.T, page string) []row {
	t.Helper()
	var all []row
	for i, line := range strings.Split(read(t, page), "\n") {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| behaviour |") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		at := fmt.Sprintf("%s:%d", page, i+1)
		if len(cells) != 4 {
			t.Errorf("%s: %d columns, want 4", at, len(cells))
			continue
		}
		for c := range cells {
			cells[c] = strings.TrimSpace(cells[c])
		}
		all = append(all, row{cells[0], cells[1], cells[2], cells[3], at})
	}
	return all
}

// allRows reads the tables of all pages that account for ids.
func allRows(t *testing.T) []row {
	t.Helper()
	var all []row
	for page := range ranges {
		all = append(all, rows(t, page)...)
	}
	return all
}

// sources reads the test files that a reader can run: not what is generated, nor what a tool ignores.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, "_test.go") || file == "docs/docs_test.go":
			return nil
		}
		b, err := fs.ReadFile(root, file)
		if err != nil {
			return nil // somebody has just moved it
		}
		all = append(all, source{file, string(b)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestParityHasEveryIDOnce(t *testing.T) {
	t.Parallel()
	for page, letters := range ranges {
		seen := map[string]string{}
		for _, r := range rows(t, page) {
			if before := seen[r.id]; before != "" {
				t.Errorf("%s: %s is in %s already", r.at, r.id, before)
			}
			seen[r.id] = r.at
		}
		for letter, last := range letters {
			for n := 1; n <= last; n++ {
				id := fmt.Sprint(letter, n)
				if seen[id] == "" {
					t.Errorf("%s has no row %s", page, id)
				}
				delete(seen, id)
			}
		}
		for id, at := range seen {
			t.Errorf("%s: there is no id %q", at, id)
		}
	}
}

// A page says how many rows have each state.
func TestParityCounts(t *testing.T) {
	t.Parallel()
	for page := range ranges {
		count := map[string]int{}
		all := rows(t, page)
		for _, r := range all {
			count[r.state]++
		}
		want := fmt.Sprintf("Of the %d rows, %d are done, %d are different on purpose and %d are not there yet.",
			len(all), count["done"], count["different on purpose"], count["not yet"])
		if !strings.Contains(read(t, page), want) {
			t.Errorf("%s should say: %s", page, want)
		}
	}
}

func TestParityProvesWhatIsDone(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range sources(t) {
		for _, m := range testFunc.FindAllStringSubmatch(s.text, -1) {
			known[path.Base(path.Dir(s.file))+"."+m[1]] = true
		}
	}
	cases := map[string]string{"TestFeatures": "../gen_test/features/", "TestErrors": "../gen_test/errors/"}
	for _, r := range allRows(t) {
		tests := testName.FindAllStringSubmatch(r.proof, -1)
		switch {
		case !slices.Contains([]string{"done", "different on purpose", "not yet"}, r.state):
			t.Errorf("%s: there is no state %q", r.at, r.state)
		case r.state == "done" && len(tests) == 0:
			t.Errorf("%s: no test proves that %s is done", r.at, r.id)
		case r.behaviour == "" || r.proof == "":
			t.Errorf("%s: an empty column", r.at)
		}
		for _, m := range tests {
			if !known[m[1]+"."+m[2]] {
				t.Errorf("%s: there is no test %s.%s", r.at, m[1], m[2])
			}
			if m[3] == "" {
				continue
			}
			if _, err := os.Stat(cases[m[2]] + m[3] + ".txtar"); err != nil || cases[m[2]] == "" {
				t.Errorf("%s: %s.%s has no case %s", r.at, m[1], m[2], m[3])
			}
		}
	}
}

// A comment "// parity: B9, C3" above a test names rows, and they name the test.
func TestParityCommentsAgree(t *testing.T) {
	t.Parallel()
	byID := map[string]row{}
	for _, r := range allRows(t) {
		byID[r.id] = r
	}
	for _, s := range sources(t) {
		found := comment.FindAllStringSubmatch(s.text, -1)
		if n := len(mention.FindAllString(s.text, -1)); n != len(found) {
			t.Errorf("%s: %d of %d parity comments stand above a test", s.file, len(found), n)
		}
		for _, m := range found {
			name := "`" + path.Base(path.Dir(s.file)) + "." + m[2]
			for _, id := range strings.Split(m[1], ", ") {
				r, ok := byID[id]
				if !ok {
					t.Errorf("%s: %s: there is no row %s", s.file, m[2], id)
				} else if !strings.Contains(r.proof, name+"`") && !strings.Contains(r.proof, name+"/") {
					t.Errorf("%s: %s: row %s (%s) does not name the test", s.file, m[2], id, r.at)
				}
			}
		}
	}
}

// The excerpts of these pages are in the files that they link to, whitespace aside. A line "// …" in one stands for what
// was left out.
func TestExcerptsAreTrue(t *testing.T) {
	t.Parallel()
	for name, suffix := range map[string]string{"generated.md": "_gen.go", "interceptors.md": ".go"} {
		page := read(t, name)
		var files []string
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			if strings.HasSuffix(m[1], suffix) {
				files = append(files, words(read(t, m[1])))
			}
		}
		excerpts := fence.FindAllStringSubmatch(page, -1)
		if len(files) == 0 || len(excerpts) == 0 {
			t.Fatalf("%s: %d files and %d excerpts", name, len(files), len(excerpts))
		}
		for _, m := range excerpts {
			if !slices.ContainsFunc(files, func(text string) bool { return has(text, m[1]) }) {
				t.Errorf("no file that %s links to has\n%s", name, m[1])
			}
		}
	}
}

// has tells whether the parts of an excerpt occur in text, in their order.
func has(text, excerpt string) bool {
	for _, part := range elision.Split(excerpt, -1) {
		_, after, ok := strings.Cut(text, words(part))
		if !ok {
			return false
		}
		text = after
	}
	return true
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// What a page links to exists.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	pages, err := fs.Glob(os.DirFS("."), "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		for _, m := range link.FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s: the link to %s: %v", name, m[1], err)
			}
		}
	}
}

package random

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// A Source is a case as it is written, or kept.
type Source struct {
	Name     string
	Folder   string // in the module: grown/r1
	Seed     uint64
	Files    map[string]string // by path in the folder
	Packages []SourcePackage
	Case     *Case // nil if it is kept
}

// A SourcePackage is a package of a case, as far as its tests go.
type SourcePackage struct {
	Path  string
	Calls string // the function that tells the driver what there is
	Main  bool
}

// Grown and Kept are the folders of a module that grown and kept cases lie in.
const (
	Module = "gen.test"
	Grown  = "grown"
	Kept   = "kept"
)

// Source writes the case.
func (c *Case) Source() *Source {
	last := c.Packages[len(c.Packages)-1]
	s := &Source{Name: c.Name, Folder: strings.TrimPrefix(last.Path, Module+"/"), Seed: c.Seed, Case: c}
	for _, p := range c.Packages {
		s.Packages = append(s.Packages, SourcePackage{Path: p.Path, Calls: p.Calls(), Main: p.IsMain()})
	}
	return s
}

// Write is Source with the files.
func (c *Case) Write() *Source {
	s := c.Source()
	s.Files = c.Files()
	return s
}

// Archive is the source as it is kept.
func (s *Source) Archive(comment string) []byte {
	a := &txtar.Archive{Comment: []byte(comment + "\n")}
	var names []string
	for name := range s.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(s.Files[name])})
	}
	return txtar.Format(a)
}

var callsFunc = regexp.MustCompile(`(?m)^package (\w+)$[^§]*^func (XCalls\w+)\(`)

// Read reads a kept case.
func Read(file string) (*Source, error) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading a kept case: %w", err)
	}
	name := strings.TrimSuffix(path.Base(file), ".txtar")
	s := &Source{Name: name, Folder: Kept + "/" + name, Seed: 1, Files: map[string]string{}}
	for _, f := range a.Files {
		s.Files[f.Name] = string(f.Data)
		if path.Base(f.Name) == "calls.go" {
			m := callsFunc.FindStringSubmatch(string(f.Data))
			if m == nil {
				return nil, fmt.Errorf("%s: %s tells the driver nothing", file, f.Name)
			}
			s.Packages = append(s.Packages, SourcePackage{Path: path.Join(Module, s.Folder, path.Dir(f.Name)), Calls: m[2], Main: m[1] == "main"})
		}
	}
	return s, nil
}

// driven writes the imports of the case's packages, under names that begin with the prefix, and the arguments that they are
// for the driver. The package of the test itself is not imported.
func (s *Source) driven(prefix string) (imports, calls string) {
	for i, p := range s.Packages {
		if p.Main {
			calls += ", " + p.Calls + "()"
			continue
		}
		name := fmt.Sprintf("zz%s%d", prefix, i)
		imports += fmt.Sprintf("\t%s %q\n", name, p.Path)
		calls += fmt.Sprintf(", %s.%s()", name, p.Calls)
	}
	return imports, calls
}

// IsMain tells whether the case is a package that nobody can import.
func (s *Source) IsMain() bool {
	return slices.ContainsFunc(s.Packages, func(p SourcePackage) bool { return p.Main })
}

// A fixture is a package of generated fixtures, with the names of its tests.
type fixture struct {
	path  string
	tests []string
}

// runner writes one test for many cases and the fixtures that were generated for them: linking is what takes the time. Cases
// of package main test themselves.
func runner(cases []*Source, fixtures map[*Source][]fixture) string {
	var imports, body strings.Builder
	fmt.Fprintf(&imports, "package runner\n\nimport (\n\t\"testing\"\n\n\tzzdrive %q\n", drivePath)
	for _, c := range cases {
		fmt.Fprintf(&body, "\nfunc TestRandom_%s(t *testing.T) {\n", c.Name)
		if !c.IsMain() {
			list, calls := c.driven(c.Name)
			imports.WriteString(list)
			fmt.Fprintf(&body, "\tt.Run(\"calls\", func(t *testing.T) { zzdrive.Run(t, %d%s) })\n", c.Seed, calls)
		}
		for i, fx := range fixtures[c] {
			if len(fx.tests) == 0 {
				fmt.Fprintf(&imports, "\t_ %q\n", fx.path)
				continue
			}
			fmt.Fprintf(&imports, "\tfx%s%d %q\n", c.Name, i, fx.path)
			for _, test := range fx.tests {
				fmt.Fprintf(&body, "\tt.Run(%q, fx%s%d.%s)\n", test, c.Name, i, test)
			}
		}
		body.WriteString("}\n")
	}
	return imports.String() + "\n)\n\nvar _ = zzdrive.Run\n" + body.String()
}

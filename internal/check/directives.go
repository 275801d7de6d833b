package check

import (
	"regexp"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// A form is what a directive looks like: where it goes and what it takes.
type form struct {
	places []model.Place
	goes   string   // where it goes, for the user
	words  []string // arguments without a value
	keys   []string // arguments with one
	types  bool     // it takes types: Circle, *Square
}

// forms are the directives there are.
func forms() map[string]form {
	return map[string]form{
		"actor":    {places: []model.Place{model.OnType}, goes: "put it above a struct type", keys: []string{"name", "implements"}},
		"handler":  {places: []model.Place{model.OnMethod, model.OnInterfaceMethod}, goes: "put it above a method of an actor or contract", words: []string{"oneway", "local", "reentrant", "inline"}, keys: []string{"id"}},
		"contract": {places: []model.Place{model.OnInterface}, goes: "put it above an interface type", keys: []string{"name"}},
		"message":  {places: []model.Place{model.OnType}, goes: "put it above a type that is sent"},
		"union":    {places: []model.Place{model.OnInterface}, goes: "put it above an interface type", types: true},
		"error":    {places: []model.Place{model.OnType, model.OnVar}, goes: "put it above an error type, or a package-level error variable"},
	}
}

// directives judges every comment that addresses the generator.
func (c *checker) directives(pkg *model.Package) {
	type key struct {
		name string
		doc  model.Pos // the same declaration has the same comment
	}
	seen := map[key]bool{}
	var count []*model.Annotation
	for _, a := range pkg.Annotations {
		if c.directive(pkg, a) {
			count = append(count, a)
		} else {
			c.slips.add(pkg, a)
		}
	}
	for _, a := range count {
		k := key{a.Name, a.Doc}
		if seen[k] {
			c.add(duplicateDirective.at(a.Pos, a.Subject, a.Name))
		}
		seen[k] = true
		if a.Name == "handler" {
			owner, _, _ := strings.Cut(a.Subject, ".")
			if c.contracts[pkg.Path+"."+owner] == nil {
				c.noActor(pkg, a, owner)
			}
		}
	}
}

// noActor says that a handler belongs to no actor, unless that follows from what has been told.
func (c *checker) noActor(pkg *model.Package, a *model.Annotation, owner string) {
	_, declared := pkg.Declared[owner]
	if c.slips.actor(pkg, owner) || !declared && pkg.IsAnnotated() {
		return
	}
	c.slips[slip{pkg, model.OnMethod, ""}] = true // whichever actor it was meant for
	if a.Place == model.OnInterfaceMethod {
		c.add(noActor.at(a.Pos, a.Subject, "interface "+owner, "contract"))
		return
	}
	c.add(noActor.at(a.Pos, a.Subject, "type "+owner, "actor, or make it a method of one"))
}

// directive judges one comment, and tells whether it counts.
func (c *checker) directive(pkg *model.Package, a *model.Annotation) bool {
	if a.Form == model.NearMiss {
		c.add(nearMiss.at(a.Pos, a.Text, corrected(a.Text)))
		return false
	}
	f, known := forms()[a.Name]
	switch {
	case !known:
		c.add(unknownDirective.at(a.Pos, a.Name))
	case a.InTest:
		c.add(inTest.at(a.Pos, a.Name))
	case a.LeftOut:
		c.add(leftOut.at(a.Pos, a.Name, pkg.Conditions[a.Pos.File].String()))
	case a.Place == model.OnNothing:
		c.add(orphan.at(a.Pos, a.Name))
	case a.Place == model.OnGroup:
		c.add(onGroup.at(a.Pos, a.Name))
	case a.Name == "actor" && a.Place == model.OnInterface:
		c.add(misplaced.at(a.Pos, a.Name, placeNames[a.Place], "write //actor:contract here, and put //actor:actor above a struct type that implements it"))
	case a.Subject == "_" && a.Place != model.OnPackage:
		c.add(misplaced.at(a.Pos, a.Name, "a declaration called _", "give it a name"))
	case !slices.Contains(f.places, a.Place):
		c.add(misplaced.at(a.Pos, a.Name, placeNames[a.Place], f.goes))
	default:
		c.arguments(a, f)
		return true
	}
	return false
}

var placeNames = map[model.Place]string{
	model.OnPackage: "a package clause", model.OnType: "a type", model.OnInterface: "an interface", model.OnAlias: "an alias",
	model.OnMethod: "a method", model.OnInterfaceMethod: "a method of an interface", model.OnFunc: "a function", model.OnVar: "a variable", model.OnConst: "a constant",
	model.OnField: "a field or parameter",
}

// corrected is what a near miss should have been.
func corrected(text string) string {
	text = strings.TrimSuffix(strings.TrimLeft(text, "/* \t"), "*/")
	name, args, _ := strings.Cut(strings.TrimSpace(text[strings.IndexAny(text, ":.-")+1:]), " ")
	if name = strings.ToLower(name); name != "union" { // whose arguments are types
		args = strings.ToLower(args)
	}
	return strings.TrimSpace("//actor:" + name + " " + strings.TrimSpace(args))
}

// arguments judges the arguments of a directive.
func (c *checker) arguments(a *model.Annotation, f form) {
	if a.BadArgs != "" {
		c.add(badArguments.at(a.Pos, a.Name, a.BadArgs))
		return
	}
	seen := map[string]bool{}
	for _, arg := range a.Args {
		before := len(c.problems)
		switch {
		case seen[arg.Key]:
			c.add(duplicateArgument.at(arg.Pos, arg.Key))
		case f.types && !arg.HasValue:
		case slices.Contains(f.words, arg.Key):
			if arg.HasValue {
				c.add(argumentValue.at(arg.Pos, arg.Key, a.Name, arg.Key+" alone"))
			}
		case slices.Contains(f.keys, arg.Key):
			if form := valueForms[arg.Key]; !form.valid.MatchString(arg.Value) {
				c.add(argumentValue.at(arg.Pos, arg.Key+"=", a.Name, arg.Key+"= and, without a space, "+form.what))
			}
		default:
			c.add(unknownArgument.at(arg.Pos, a.Name, arg.Key, f.meant(arg.Key)+f.takes()))
		}
		if len(c.problems) > before {
			return // what comes behind it may be a part of it, as in "name = x"
		}
		seen[arg.Key] = true
	}
}

// valueForms are what values look like, by the key that they belong to.
var valueForms = map[string]struct {
	valid *regexp.Regexp
	what  string
}{
	"name":       {wireName, "a name of letters, digits and . _ - /"},
	"id":         {wireName, "a name of letters, digits and . _ - /"},
	"implements": {regexp.MustCompile(`^[^\s,=]+(,[^\s,=]+)*$`), "the name of a contract: bankapi.Account; several are apart by commas"},
}

var wireName = regexp.MustCompile(`^[\pL_][\pL\pN_./-]*$`)

// meant says what a wrong argument should have been, if that can be guessed.
func (f form) meant(arg string) string {
	if strings.HasPrefix(arg, "//") {
		return "write comments on lines of their own: "
	}
	bare := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(arg))
	for _, word := range f.words {
		if bare == word || len(bare) == len(word) && sorted(bare) == sorted(word) {
			return "write " + word + ": "
		}
	}
	return ""
}

// sorted has the letters of a word in alphabetical order: those of a word whose letters were mixed up are the same.
func sorted(word string) string {
	letters := []byte(word)
	slices.Sort(letters)
	return string(letters)
}

// takes says what the directive takes.
func (f form) takes() string {
	if f.types {
		return "it takes the types that the interface may hold"
	}
	list := slices.Clone(f.words)
	for _, key := range f.keys {
		list = append(list, key+"=")
	}
	switch len(list) {
	case 0:
		return "it takes none"
	case 1:
		return "it takes " + list[0]
	}
	return "it takes " + strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

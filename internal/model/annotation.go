package model

// A Form says how far a comment is from a directive.
type Form uint8

// The forms of a comment.
const (
	Directive Form = iota // //actor:name args
	NearMiss              // looks like one, but Go tools will not see it: // actor:handler
)

// A Place is what a directive stands on.
type Place uint8

// The places a directive can stand on.
const (
	OnNothing   Place = iota // detached, or inside a function
	OnPackage                // the package clause
	OnType                   // a defined type that is neither interface nor alias
	OnInterface              // an interface type
	OnAlias                  // an alias declaration
	OnGroup                  // the parenthesis round several declarations
	OnMethod
	OnFunc
	OnVar
	OnConst
	OnInterfaceMethod // a method of an interface at package level
	OnField           // a struct's field, or a parameter
)

// An Annotation is one comment that addresses the generator.
type Annotation struct {
	Pos     Pos
	Doc     Pos    // of the comment that it is a part of
	Text    string // as written
	Form    Form
	Name    string // after the colon: actor, handler, ...
	Args    []Arg
	BadArgs string // why the arguments could not be split; empty if they could
	Place   Place
	Subject string // name of what it stands on: Account, Account.Deposit
	InTest  bool   // in a _test.go file
	LeftOut bool   // in a file that this build leaves out
}

// An Arg is one argument of a directive: a word, or key=value.
type Arg struct {
	Pos        Pos
	Key, Value string
	HasValue   bool
}

// Arg returns the first argument of that key.
func (a *Annotation) Arg(key string) (Arg, bool) {
	for _, arg := range a.Args {
		if arg.Key == key {
			return arg, true
		}
	}
	return Arg{}, false
}

// Has tells whether the annotation has the argument, as a word.
func (a *Annotation) Has(key string) bool {
	_, ok := a.Arg(key)
	return ok
}

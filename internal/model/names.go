package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ContractNames are the package-level names that are generated for an actor or for a contract.
type ContractNames struct {
	// What a user writes.
	Client, Behavior, Handle, Ref, Ports string
	SpawnAs, Lookup, At, Self            string
	Spawn, Ensure                        string // of an actor
	RefOf                                string // of a contract
	// What only generated code writes.
	Kind, Cell, Run, Args, Append, Decode, Frame string
	Build                                        string // of an actor
}

// GenRefName is the type of the package that its refs hold: the runtime's, under a name that is not exported.
const GenRefName = "genRef"

// Names returns the names generated for the actor or contract. They are exported if it is.
func (c *Contract) Names() ContractNames {
	t, low, up := c.Name, c.stem(), Upper(c.Name)
	verb := func(v string) string {
		if !IsExported(t) {
			v = Lower(v)
		}
		return v + up
	}
	n := ContractNames{
		Client: t + "Client", Behavior: t + "Behavior", Handle: t + "Handle", Ref: t + "Ref", Ports: t + "Ports",
		SpawnAs: verb("Spawn") + "As", Lookup: verb("Lookup"), At: t + "At", Self: t + "Self",
		Kind: low + "Kind", Cell: low + "Cell", Run: low + "Run", Args: low + "Args", Append: low + "Append",
		Decode: low + "Decode", Frame: low + "Frame",
	}
	if c.Interface {
		n.Behavior, n.RefOf = t, t+"RefOf"
	} else {
		n.Spawn, n.Ensure, n.Build = verb("Spawn"), verb("Ensure"), low+"Build"
	}
	return n
}

// stem is what names that only generated code writes begin with: an interface Account and a type account may be neighbors.
func (c *Contract) stem() string {
	if c.Interface {
		return Lower(c.Name) + "Contract"
	}
	return Lower(c.Name)
}

// declared are the names that generated code declares for the actor or contract itself.
func (c *Contract) declared() []string {
	n := c.Names()
	list := []string{n.Client, n.Handle, n.Ref, n.Ports, n.SpawnAs, n.Lookup, n.At, n.Self,
		n.Kind, n.Cell, n.Run, n.Args, n.Append, n.Decode, n.Frame}
	if c.Interface {
		return append(list, n.RefOf)
	}
	return append(list, n.Behavior, n.Spawn, n.Ensure, n.Build)
}

// HandlerNames are the package-level names that are generated for a handler.
type HandlerNames struct {
	Args                                       string // what a port takes, for several arguments
	Op, Call, Calls, New, Params, Result, Port string
	Codec, Opening, In, Out                    string // of a session
	Client                                     string // of a stream
}

// Names returns the names generated for the handler; which of them are used depends on its kind.
func (h *Handler) Names() HandlerNames {
	low := h.Contract.stem() + h.Name
	return HandlerNames{
		Args: h.Contract.Name + h.Name + "Args",
		Op:   low + "Op", Call: low + "Call", Calls: low + "Calls", New: "new" + Upper(low) + "Call",
		Params: low + "Params", Result: low + "Result", Port: low + "Port",
		Codec: low + "Codec", Opening: low + "Opening", In: low + "In", Out: low + "Out", Client: low + "Client",
	}
}

// A GeneratedName is a package-level name that generated code declares.
type GeneratedName struct {
	Name string
	Pos  Pos    // of what it is generated for
	For  string // of what: "actor Account", "contract Account", "handler Account.Deposit"
}

// GeneratedNames returns every package-level name that is generated for the package.
func (p *Package) GeneratedNames() []GeneratedName {
	var names []GeneratedName
	for i, c := range p.Contracts() {
		what := c.KindName() + " " + c.Name
		if i == 0 {
			names = append(names, GeneratedName{GenRefName, c.Pos, what})
		}
		for _, name := range c.declared() {
			names = append(names, GeneratedName{name, c.Pos, what})
		}
		cell := c.Cell()
		for _, h := range c.Handlers {
			for _, name := range h.usedNames(cell) {
				names = append(names, GeneratedName{name, h.Pos, "handler " + h.String()})
			}
		}
	}
	return names
}

// Unused makes a name of a variable that hides none of what the package declares.
func (p *Package) Unused(name string) string {
	for p.Declared[name].IsValid() {
		name += "_"
	}
	return name
}

// usedNames returns those of the handler's names that its kind needs.
func (h *Handler) usedNames(cell *Cell) []string {
	n := h.Names()
	used := []string{n.Op}
	if !h.Oneway() || cell.IsFramed(h) {
		used = append(used, n.Call, n.New)
		if h.Session == nil {
			used = append(used, n.Calls)
		}
	}
	if !h.Local() || !h.Oneway() || cell.IsFramed(h) {
		used = append(used, n.Params)
	}
	if h.Value() != nil && h.Session == nil {
		used = append(used, n.Result)
	}
	if h.Session != nil && h.Session.Stream() {
		used = append(used, n.Client)
	}
	if h.Session != nil && !h.Local() {
		used = append(used, n.Codec)
		for _, part := range h.SessionParts() {
			if !part.Type.IsNothing() {
				used = append(used, part.Name)
			}
		}
	}
	if h.Oneway() {
		used = append(used, n.Port)
	}
	if h.Oneway() && len(h.Params) > 1 {
		used = append(used, n.Args)
	}
	return used
}

// TypeNames are the names of those generated types of the actor or contract that user code may name before they exist,
// with their roles.
func (c *Contract) TypeNames() map[string]Role {
	n := c.Names()
	roles := map[string]Role{n.Client: HandleRole, n.Handle: HandleRole, n.Ports: HandleRole, n.Ref: RefRole}
	if !c.Interface {
		roles[n.Behavior] = HandleRole
	}
	return roles
}

// FuncNames are the names of its generated functions that user code may name before they exist.
func (c *Contract) FuncNames() []string {
	n := c.Names()
	if c.Interface {
		return []string{n.SpawnAs, n.Lookup, n.At, n.Self, n.RefOf}
	}
	return []string{n.Spawn, n.SpawnAs, n.Ensure, n.Lookup, n.At, n.Self}
}

// IsExported tells whether the name starts with an upper-case letter.
func IsExported(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

// Upper makes the first letter upper case.
func Upper(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// Lower makes the first letter lower case, and the rest of a leading initialism: Account is account, HTTPServer httpServer.
func Lower(name string) string {
	runes := []rune(name)
	end := 0
	for end < len(runes) && unicode.IsUpper(runes[end]) {
		end++
	}
	if end > 1 && end < len(runes) && unicode.IsLower(runes[end]) {
		end-- // the last capital begins the next word
	}
	return strings.ToLower(string(runes[:end])) + string(runes[end:])
}

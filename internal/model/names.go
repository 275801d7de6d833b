package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ActorNames are the package-level names that are generated for an actor.
type ActorNames struct {
	// What a user writes.
	Client, Behavior, Handle, Ref, Ports     string
	Spawn, SpawnAs, Ensure, Lookup, At, Self string
	// What only generated code writes.
	Kind, Cell, Run, Args, Append, Decode, Frame, Build string
}

// Names returns the names generated for the actor. They are exported if the actor is.
func (a *Actor) Names() ActorNames {
	t, low, up := a.Name, Lower(a.Name), Upper(a.Name)
	verb := func(v string) string {
		if !IsExported(t) {
			v = Lower(v)
		}
		return v + up
	}
	return ActorNames{
		Client: t + "Client", Behavior: t + "Behavior", Handle: t + "Handle", Ref: t + "Ref", Ports: t + "Ports",
		Spawn: verb("Spawn"), SpawnAs: verb("Spawn") + "As", Ensure: verb("Ensure"), Lookup: verb("Lookup"),
		At: t + "At", Self: t + "Self",
		Kind: low + "Kind", Cell: low + "Cell", Run: low + "Run", Args: low + "Args", Append: low + "Append",
		Decode: low + "Decode", Frame: low + "Frame", Build: low + "Build",
	}
}

// HandlerNames are the package-level names that are generated for a handler.
type HandlerNames struct {
	Args                                       string // what a port takes, for several arguments
	Op, Call, Calls, New, Params, Result, Port string
}

// Names returns the names generated for the handler; which of them are used depends on its kind.
func (h *Handler) Names() HandlerNames {
	low := Lower(h.Actor.Name) + h.Name
	return HandlerNames{
		Args: h.Actor.Name + h.Name + "Args",
		Op:   low + "Op", Call: low + "Call", Calls: low + "Calls", New: "new" + Upper(low) + "Call",
		Params: low + "Params", Result: low + "Result", Port: low + "Port",
	}
}

// A GeneratedName is a package-level name that generated code declares.
type GeneratedName struct {
	Name string
	Pos  Pos    // of what it is generated for
	For  string // of what: "actor Account", "handler Account.Deposit"
}

// GeneratedNames returns every package-level name that is generated for the package.
func (p *Package) GeneratedNames() []GeneratedName {
	var names []GeneratedName
	for _, a := range p.Actors {
		add := func(list ...string) {
			for _, name := range list {
				names = append(names, GeneratedName{name, a.Pos, "actor " + a.Name})
			}
		}
		n := a.Names()
		add(n.Client, n.Behavior, n.Handle, n.Ref, n.Ports, n.Spawn, n.SpawnAs, n.Ensure, n.Lookup, n.At, n.Self,
			n.Kind, n.Cell, n.Run, n.Args, n.Append, n.Decode, n.Frame, n.Build)
		cell := a.Cell()
		for _, h := range a.Handlers {
			for _, name := range h.usedNames(cell) {
				names = append(names, GeneratedName{name, h.Pos, "handler " + a.Name + "." + h.Name})
			}
		}
	}
	return names
}

// usedNames returns those of the handler's names that its kind needs.
func (h *Handler) usedNames(cell *Cell) []string {
	n := h.Names()
	used := []string{n.Op}
	if !h.Oneway() || cell.IsFramed(h) {
		used = append(used, n.Call, n.Calls, n.New)
	}
	if !h.Local() || !h.Oneway() || cell.IsFramed(h) {
		used = append(used, n.Params)
	}
	if h.Value() != nil {
		used = append(used, n.Result)
	}
	if h.Oneway() && !h.Local() {
		used = append(used, n.Port)
	}
	if h.Oneway() && len(h.Params) > 1 {
		used = append(used, n.Args)
	}
	return used
}

// TypeNames are the names of those generated types of the actor that user code may name before they exist,
// with their roles.
func (a *Actor) TypeNames() map[string]Role {
	n := a.Names()
	return map[string]Role{n.Client: HandleRole, n.Behavior: HandleRole, n.Handle: HandleRole, n.Ports: HandleRole, n.Ref: RefRole}
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

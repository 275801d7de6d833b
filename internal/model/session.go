package model

// A Session is what makes a handler a session or a stream: the types of what travels in it. A part that it does without is
// the empty struct.
type Session struct {
	Param *Param // the *actor.SessionServer; nil of a stream

	Open, In, Out, Result *Type
}

// Stream tells whether it is the short form, whose values are what the handler returns.
func (s *Session) Stream() bool { return s.Param == nil }

// A SessionPart is one of the types that travel in a session.
type SessionPart struct {
	Field string // of the runtime's codec
	Name  string // of the struct that holds one on the wire
	Type  *Type
}

// SessionParts returns the types that travel in the handler's session, and none if it has no session.
func (h *Handler) SessionParts() []SessionPart {
	s, n := h.Session, h.Names()
	if s == nil {
		return nil
	}
	return []SessionPart{{"Open", n.Opening, s.Open}, {"In", n.In, s.In}, {"Out", n.Out, s.Out}, {"Result", n.Result, s.Result}}
}

// Nothing is the type of a part that a session does without.
func Nothing() *Type { return &Type{Kind: Struct, Text: "struct{}", Short: "struct{}", Align: 1} }

// IsNothing tells whether values of the type say nothing, so that nothing is declared for them.
func (t *Type) IsNothing() bool { return t.Kind == Struct && len(t.Fields) == 0 }

// SessionServer returns the session type of the runtime that the type is or points to, or nil if it is none.
func (t *Type) SessionServer() *Type {
	if t.Kind == Pointer {
		return t.Elem.SessionServer()
	}
	if t.Kind == Defined && t.Named.Is(RuntimePath, "SessionServer") {
		return t
	}
	return nil
}

// Iterator returns the name of the type of package iter that the type is, or "".
func (t *Type) Iterator() string {
	if t.Kind == Defined && (t.Named.Is("iter", "Seq") || t.Named.Is("iter", "Seq2")) {
		return t.Named.Name
	}
	return ""
}

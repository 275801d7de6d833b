package check

import (
	"slices"

	"github.com/actorgen/actorgen/internal/model"
)

// words judges the words of a directive that do not go together, or not with what the handler is.
func (c *checker) words(h *model.Handler, name string) {
	if h.Inline() && h.Oneway() {
		c.add(inlineOneway.at(h.Pos, name))
	}
	if h.Inline() && h.Reentrant() {
		c.add(inlineReentrant.at(h.Pos, name))
	}
	if h.Local() && h.Annotation.Has("id") {
		c.add(localID.at(h.Pos, name))
	}
	if h.Session == nil {
		return
	}
	form, pos := sessionForm, sessionPos(h)
	if h.Session.Stream() {
		form = streamForm
	}
	if h.Oneway() {
		c.add(form.at(pos, name, "cannot be oneway", "remove oneway: whoever asks for it waits for what comes of it"))
	}
	if h.Inline() {
		c.add(form.at(pos, name, "cannot be inline", "remove inline: it waits for its other end"))
	}
}

// sessionPos is where a handler's session or stream is declared.
func sessionPos(h *model.Handler) model.Pos {
	if h.Session.Stream() {
		return h.ResultPos[0]
	}
	return h.Session.Param.Pos
}

// session judges a session among the other parameters, and tells whether there is none.
func (c *checker) session(h *model.Handler, name string) bool {
	for i, p := range h.Params {
		t := p.Type.SessionServer()
		switch {
		case t == nil:
			continue
		case len(t.Args) != 3: // the compiler has said it
		case h.Session != nil && !h.Session.Stream():
			c.add(sessionForm.at(p.Pos, name, "is one of two", "remove one: what travels in it can be a union, //actor:union A B"))
		case i == len(h.Params)-1:
			c.add(sessionForm.at(p.Pos, name, "is "+ownName(h.Contract.Pkg, p.Type), "write *"+ownName(h.Contract.Pkg, t)))
		default:
			c.add(sessionForm.at(p.Pos, name, "is not its last parameter", "move "+h.ParamName(i)+" behind the others"))
		}
		return false
	}
	return true
}

// stream judges an iterator among the results, and tells whether it makes a stream.
func (c *checker) stream(h *model.Handler, i int, name string) bool {
	t := h.Results[i]
	if slices.ContainsFunc(t.Args, func(arg *model.Type) bool { return arg.Kind == model.Invalid }) {
		return false // the compiler has said it
	}
	value := ownName(h.Contract.Pkg, t.Args[0])
	switch {
	case h.Session != nil && h.Session.Stream():
		return true
	case h.Session != nil:
		c.add(streamForm.at(h.ResultPos[i], name, "stands beside a session", "remove one: "+h.Session.Param.Name+" can send what the stream would"))
	case len(t.Args) == 1:
		c.add(streamForm.at(h.ResultPos[i], name, "is an "+ownName(h.Contract.Pkg, t), "return iter.Seq2["+value+", error]: every stream can fail"))
	case !t.Args[1].IsError():
		c.add(streamForm.at(h.ResultPos[i], name, "is an "+ownName(h.Contract.Pkg, t), "return iter.Seq2[T, error], where T is a struct of yours with both: every stream can fail"))
	default:
		c.add(streamForm.at(h.ResultPos[i], name, "is not all that it returns", "return iter.Seq2["+value+", error] alone: it can yield an error"))
	}
	return false
}

// partNames are what the types that travel in a session are to a reader, by their fields in the runtime's codec.
var partNames = map[string]string{"Open": "the opening of ", "In": "what goes into ", "Out": "what comes out of "}

// parts judges what travels in a handler's session beside its result.
func (s sender) parts(h *model.Handler, name string) {
	for _, part := range h.SessionParts() {
		if what := partNames[part.Field]; what != "" {
			s.send(part.Type, sessionPos(h), what+name)
		}
	}
}

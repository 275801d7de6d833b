package load

import (
	"github.com/actorgen/actorgen/internal/model"
)

// takeSession finds what makes the handler a session: its last parameter, which is then none of its arguments, or the stream
// that it returns. What only looks like that is left to the rules.
func takeSession(h *model.Handler) {
	if h.Context == model.NoContext {
		return
	}
	if last := len(h.Params) - 1; last >= 0 && h.Params[last].Type.Kind == model.Pointer {
		p := h.Params[last]
		if t := p.Type.Elem; t.Kind == model.Defined && t.SessionServer() != nil && len(t.Args) == 3 {
			h.Params = h.Params[:last]
			h.Session = &model.Session{Param: p, Open: t.Args[0], In: t.Args[1], Out: t.Args[2], Result: model.Nothing()}
			if v := h.Value(); v != nil {
				h.Session.Result = v
			}
			return
		}
	}
	if len(h.Results) == 1 && h.Results[0].Iterator() == "Seq2" && h.Results[0].Args[1].IsError() {
		nothing := model.Nothing()
		h.Session = &model.Session{Open: nothing, In: nothing, Out: h.Results[0].Args[0], Result: nothing}
	}
}

package inspect

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Handler shows the procs. Its routes are below the path that it is mounted at, which http.StripPrefix has to take away.
// It is safe for concurrent use, also while the procs shut down and after that. The procs keep an index of their actors from now on: see
// actor.Proc.Numbered.
func Handler(procs ...*actor.Proc) http.Handler {
	h := &handler{procs: slices.DeleteFunc(slices.Clone(procs), func(p *actor.Proc) bool { return p == nil })}
	for _, p := range h.procs {
		p.Numbered(0)
	}
	for path, answer := range h.routes() {
		h.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			v, err := answer(r)
			if err != nil {
				writeError(w, err)
				return
			}
			if text, ok := v.(string); ok {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				fmt.Fprintln(w, text)
				return
			}
			writeJSON(w, http.StatusOK, v)
		})
	}
	return h
}

type handler struct {
	procs []*actor.Proc
	mux   http.ServeMux
}

// routes returns what answers to which path.
func (h *handler) routes() map[string]func(*http.Request) (any, *Error) {
	return map[string]func(*http.Request) (any, *Error){
		"/{$}":                  h.index,
		"/procs":                h.list,
		"/procs/{proc}":         h.proc,
		"/procs/{proc}/actors":  h.actors,
		"/procs/{proc}/actor":   h.actor,
		"/procs/{proc}/tree":    h.tree,
		"/procs/{proc}/ended":   h.ended,
		"/procs/{proc}/failure": h.failure,
		"/": func(r *http.Request) (any, *Error) {
			return nil, notFound("there is no route %s: / lists those that there are", r.URL.Path)
		},
	}
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeError(w, &Error{http.StatusMethodNotAllowed, "method_not_allowed",
			"the method is " + r.Method + ": use GET, nothing can be changed here"})
		return
	}
	h.mux.ServeHTTP(w, r)
}

// An Error is what a request that fails is answered with, in the field "error".
type Error struct {
	// Status is the HTTP status: 400, 404 or 405.
	Status int `json:"-"`
	// Code is bad_request, not_found or method_not_allowed.
	Code string `json:"code"`
	// Message says what is wrong and what to do about it.
	Message string `json:"message"`
}

func notFound(format string, args ...any) *Error {
	return &Error{http.StatusNotFound, "not_found", fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *Error {
	return &Error{http.StatusBadRequest, "bad_request", fmt.Sprintf(format, args...)}
}

func writeError(w http.ResponseWriter, err *Error) {
	writeJSON(w, err.Status, map[string]*Error{"error": err})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	enc.Encode(v) // an error is the reader's, who has left
}

// index answers with the routes.
func (h *handler) index(*http.Request) (any, *Error) {
	return map[string][]string{"routes": {
		"/procs", "/procs/{proc}", "/procs/{proc}/actors?after=&limit=&kind=&state=", "/procs/{proc}/actor?id=|name=",
		"/procs/{proc}/tree?depth=&limit=&id=|name=", "/procs/{proc}/ended", "/procs/{proc}/failure?id=|name=",
	}}, nil
}

// find returns the proc of the request, by name or id.
func (h *handler) find(r *http.Request) (*actor.Proc, *Error) {
	name := r.PathValue("proc")
	for _, p := range h.procs {
		if p.Name() == name || p.ID().String() == name {
			return p, nil
		}
	}
	return nil, notFound("there is no proc %q here: /procs lists them", name)
}

// serial returns the number in an id: "7", or the whole "0190d6f0-7c1e-7d3a-8f2b-5e0c9a7b4d21#7", with the # as %23 in a URL.
func serial(p *actor.Proc, id string) (uint64, *Error) {
	number := id
	if proc, after, whole := strings.Cut(id, "#"); whole {
		if number = after; proc != p.ID().String() {
			return 0, notFound("the actor %s is not of this run of proc %s, which is %s", id, p.Name(), p.ID())
		}
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return 0, badRequest("the id %q is no number, as 7, nor a proc's id, # (%%23 in a URL) and a number", id)
	}
	return n, nil
}

// one returns the actor that a request names by id or name; if it does not live any more, what is kept of it. Neither is there if the
// request names none.
func one(p *actor.Proc, r *http.Request) (live actor.Handle, dead *actor.Snapshot, err *Error) {
	id, name := r.FormValue("id"), r.FormValue("name")
	if (id == "") == (name == "") {
		return live, nil, badRequest("say which actor by one of id= and name=")
	}
	var number uint64
	var found bool
	if name != "" {
		live, found = p.Named(name)
	} else if number, err = serial(p, id); err != nil {
		return live, nil, err
	} else {
		live, found = p.Numbered(number)
	}
	if found {
		return live, nil, nil
	}
	ended := p.Ended()
	for i := range ended { // the last that had the name
		if s := &ended[i]; name != "" && s.Name == name || name == "" && s.ID.Serial == number {
			dead = s
		}
	}
	if dead == nil {
		return live, nil, notFound("proc %s has no actor %s%s, nor one that has ended a short while ago", p.Name(), name, id)
	}
	return live, dead, nil
}

// snapshot returns what is known about the actor that a request names.
func (h *handler) snapshot(r *http.Request) (actor.Snapshot, *Error) {
	p, err := h.find(r)
	if err != nil {
		return actor.Snapshot{}, err
	}
	live, dead, err := one(p, r)
	switch {
	case err != nil:
		return actor.Snapshot{}, err
	case dead != nil:
		return *dead, nil
	}
	return live.Inspect(), nil
}

// number returns a parameter, or a default without one.
func number(r *http.Request, name string, without, most int) (int, *Error) {
	text := r.FormValue(name)
	if text == "" {
		return without, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badRequest("%s=%s: it must be a number from 0 on", name, text)
	}
	return min(n, most), nil
}

package inspect

import (
	"net/http"
	"strconv"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Bounds of one answer.
const (
	pageSize = 100
	maxPage  = 1000
	treeSize = 1000
	maxTree  = 10_000
	maxDepth = 1 << 20
)

// A Proc is what is known about one proc.
type Proc struct {
	Name    string `json:"name"`
	ID      string `json:"id"`
	Address string `json:"address,omitempty"`
	// Actors is how many live.
	Actors int `json:"actors"`
	// Stopped says that the proc has shut down.
	Stopped bool `json:"stopped"`
	// Drops counts messages of all its actors that were accepted and then lost, by reason.
	Drops map[string]uint64 `json:"drops,omitempty"`
	// Failures are the root actors that have failed for good, in order, at most the first 1,000.
	Failures []RootFailure `json:"failures,omitempty"`
}

// A RootFailure is a root actor's end by a failure.
type RootFailure struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Kind  string `json:"kind"`
	Error string `json:"error"`
}

// Procs is what the route /procs answers with.
type Procs struct {
	Procs []Proc `json:"procs"`
}

// A Page is some of a proc's actors, by their serial numbers.
type Page struct {
	Actors []Summary `json:"actors"`
	// Next is what after= has to be for the next page; it is empty on the last one.
	Next string `json:"next,omitempty"`
}

// A Tree is some of a proc's tree, parents before children.
type Tree struct {
	Actors []Node `json:"actors"`
	// Truncated says that there was no room for more.
	Truncated bool `json:"truncated,omitempty"`
}

// A Node is an actor in a tree.
type Node struct {
	// Depth is 0 for what the tree was asked for: root actors, or one actor.
	Depth int `json:"depth"`
	Summary
}

// Ended are the actors that have ended and are still known.
type Ended struct {
	Actors []Actor `json:"actors"`
}

func procOf(p *actor.Proc, full bool) Proc {
	out := Proc{Name: p.Name(), ID: p.ID().String(), Address: p.Address(), Actors: p.Living()}
	select {
	case <-p.Done():
		out.Stopped = true
	default:
	}
	for code, n := range p.Drops() {
		if out.Drops == nil {
			out.Drops = make(map[string]uint64)
		}
		out.Drops[code.String()] = n
	}
	if full {
		for _, f := range p.Failures() {
			out.Failures = append(out.Failures, RootFailure{ID: f.ID.String(), Name: f.Name, Kind: f.Kind, Error: f.Err.Error()})
		}
	}
	return out
}

func (h *handler) list(*http.Request) (any, *Error) {
	all := Procs{Procs: []Proc{}}
	for _, p := range h.procs {
		all.Procs = append(all.Procs, procOf(p, false))
	}
	return all, nil
}

func (h *handler) proc(r *http.Request) (any, *Error) {
	p, err := h.find(r)
	if err != nil {
		return nil, err
	}
	return procOf(p, true), nil
}

// actors answers with a page. Numbers are never used again, and new actors have higher ones: so a cursor is good for ever, and who lives all the
// time is on one page.
func (h *handler) actors(r *http.Request) (any, *Error) {
	p, err := h.find(r)
	if err != nil {
		return nil, err
	}
	size, err := number(r, "limit", pageSize, maxPage)
	if err != nil {
		return nil, err
	}
	after := uint64(0)
	if text := r.FormValue("after"); text != "" {
		if after, err = serial(p, text); err != nil {
			return nil, err
		}
	}
	kind, state := r.FormValue("kind"), r.FormValue("state")
	size = max(size, 1)
	page := Page{Actors: []Summary{}}
	for h := range p.After(after) {
		if kind != "" && h.Kind() != kind || state != "" && h.Status().State.String() != state {
			continue
		}
		if len(page.Actors) == size {
			page.Next = strconv.FormatUint(page.Actors[size-1].Serial, 10)
			break
		}
		page.Actors = append(page.Actors, summaryOf(h.Inspect()))
	}
	return page, nil
}

func (h *handler) actor(r *http.Request) (any, *Error) {
	s, err := h.snapshot(r)
	if err != nil {
		return nil, err
	}
	return FromSnapshot(s), nil
}

// tree answers with the tree of the proc, or with an actor and what is below it.
func (h *handler) tree(r *http.Request) (any, *Error) {
	p, err := h.find(r)
	if err != nil {
		return nil, err
	}
	depth, err := number(r, "depth", maxDepth, maxDepth)
	if err != nil {
		return nil, err
	}
	size, err := number(r, "limit", treeSize, maxTree)
	if err != nil {
		return nil, err
	}
	tree, below, walk := Tree{Actors: []Node{}}, 0, p.TreeTo(depth)
	if r.FormValue("id") != "" || r.FormValue("name") != "" {
		top, dead, err := one(p, r)
		if err != nil {
			return nil, err
		}
		if dead != nil {
			return Tree{Actors: []Node{{Summary: summaryOf(*dead)}}}, nil
		}
		tree.Actors = append(tree.Actors, Node{Summary: summaryOf(top.Inspect())})
		if depth == 0 {
			return tree, nil
		}
		below, walk = 1, top.TreeTo(depth-1)
	}
	for d, h := range walk {
		if len(tree.Actors) >= size {
			tree.Truncated = true
			break
		}
		tree.Actors = append(tree.Actors, Node{Depth: d + below, Summary: summaryOf(h.Inspect())})
	}
	return tree, nil
}

func (h *handler) ended(r *http.Request) (any, *Error) {
	p, err := h.find(r)
	if err != nil {
		return nil, err
	}
	all := Ended{Actors: []Actor{}}
	for _, s := range p.Ended() {
		all.Actors = append(all.Actors, FromSnapshot(s))
	}
	return all, nil
}

// failure answers with the report of an actor's failure as text.
func (h *handler) failure(r *http.Request) (any, *Error) {
	s, err := h.snapshot(r)
	if err != nil {
		return nil, err
	}
	switch {
	case s.Failure != nil:
		return s.Label + " " + s.Failure.String(), nil
	case s.LastFailure != nil:
		return s.Label + " " + s.LastFailure.String() + "\n\nThe actor has got over it.", nil
	}
	return nil, notFound("%s has not failed", s.Label)
}

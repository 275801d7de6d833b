package inspect_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/inspect"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

var errBoom = errors.New("boom")

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what the routes of p answer to a path.
func answer(h http.Handler, method, path string) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Result()
}

// get decodes an answer strictly: every field of it is one of the type's.
func get[T any](t testing.TB, h http.Handler, path string) (v T) {
	t.Helper()
	r := answer(h, http.MethodGet, path)
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/json" {
		b, _ := io.ReadAll(r.Body)
		t.Fatalf("%s: %s, %s: %s", path, r.Status, r.Header.Get("Content-Type"), b)
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

func spawn(t testing.TB, parent actor.Spawner, name string, opts ...actor.SpawnOption) sample.GateHandle {
	t.Helper()
	g, err := sample.SpawnGate(parent, name, func() *sample.Gate { return &sample.Gate{} }, opts...)
	ok(t, err)
	return g
}

func childOf(t testing.TB, parent sample.GateHandle, name string, opts ...actor.SpawnOption) (g sample.GateHandle) {
	t.Helper()
	ok(t, parent.Do(t.Context(), func(cx *actor.Context) error { g = spawn(t, cx, name, opts...); return nil }))
	return g
}

// end stops an actor, or has it fail, and waits for its end.
func end(t testing.TB, g sample.GateHandle, failed bool) {
	t.Helper()
	if failed {
		ok(t, g.Post(t.Context(), func(*actor.Context) error { return errBoom }))
	} else {
		g.Actor().Stop(actor.StopDrain, nil)
	}
	_, err := g.Actor().Wait(t.Context())
	ok(t, err)
}

func silent(t testing.TB) *actor.Proc {
	return actortest.NewProc(t, actor.WithLogger(slog.New(slog.DiscardHandler)))
}

// parity: B74, B75, B82, B83, BT16, BT23, BT40, BT55
// One actor is answered for by id and name, whether it lives or has ended; what is answered is valid and survives the way there and back.
func TestOneActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := silent(t)
		h := inspect.Handler(p, nil)
		g := spawn(t, p, "a/b", actor.OnFailure(actor.StopActor))
		child := childOf(t, g, "")
		ok(t, g.Do(t.Context(), func(cx *actor.Context) error {
			cx.Publish(slog.String("state", "mine"), slog.Group("pump", slog.Int("n", 1)), slog.Duration("d", time.Second), slog.Float64("nan", math.NaN()))
			return nil
		}))
		synctest.Wait()
		id := g.Actor().ID()
		a := get[inspect.Actor](t, h, "/procs/test/actor?name="+url.QueryEscape("a/b"))
		for _, other := range []string{fmt.Sprint("/procs/test/actor?id=", id.Serial), "/procs/test/actor?id=" + url.QueryEscape(id.String()),
			"/procs/" + p.ID().String() + "/actor?name=a/b"} {
			if b := get[inspect.Actor](t, h, other); !reflect.DeepEqual(a, b) {
				t.Errorf("%s: %+v, want %+v", other, b, a)
			}
		}
		if a.ID != id.String() || a.Serial != id.Serial || a.Name != "a/b" || a.State != "running" || a.Messages != 2 || a.Parent != nil ||
			!slices.Equal(a.Children, []inspect.Relative{{ID: child.Actor().ID().String(), Label: "sample.Gate #2"}}) || a.Validate() != nil {
			t.Errorf("%+v, %v", a, a.Validate())
		}
		want := map[string]any{"state": "mine", "pump": map[string]any{"n": 1.0}, "d": "1s", "nan": "NaN"}
		if !reflect.DeepEqual(a.Attrs, want) {
			t.Errorf("attributes %v, want %v", a.Attrs, want)
		}
		if c := get[inspect.Actor](t, h, "/procs/test/actor?id=2"); c.Parent == nil || *c.Parent != (inspect.Relative{ID: a.ID, Label: a.Label}) {
			t.Errorf("the child's parent: %+v", c.Parent)
		}
		b, err := json.Marshal(a)
		ok(t, err)
		var back inspect.Actor
		ok(t, json.Unmarshal(b, &back))
		if !reflect.DeepEqual(a, back) {
			t.Errorf("there %+v\nand back %+v", a, back)
		}

		end(t, child, false)
		end(t, g, true)
		for _, path := range []string{"/procs/test/actor?name=a/b", fmt.Sprint("/procs/test/actor?id=", id.Serial)} {
			d := get[inspect.Actor](t, h, path)
			if d.State != "failed" || d.Cause == "" || d.Failure == nil || d.Failure.Error != "boom" || d.Failure.Handler != "sample.Gate.Post" || d.Failure.Propagated ||
				d.Failure.Root.ID != d.ID || d.Validate() != nil || !reflect.DeepEqual(d.Attrs, want) {
				t.Errorf("%+v, %v", d, d.Validate())
			}
		}
		if d := get[inspect.Actor](t, h, "/procs/test/actor?id=2"); d.State != "stopped" || d.Failure != nil || d.Parent == nil || d.Validate() != nil {
			t.Errorf("%+v", d)
		}
		if all := get[inspect.Ended](t, h, "/procs/test/ended"); len(all.Actors) != 2 || all.Actors[0].Serial != 2 || all.Actors[1].Failure == nil {
			t.Errorf("%+v", all)
		}
		again := spawn(t, p, "a/b")
		if b := get[inspect.Actor](t, h, "/procs/test/actor?name=a/b"); b.ID != again.Actor().ID().String() {
			t.Errorf("the name's new holder is %s, and not %s", again.Actor().ID(), b.ID)
		}
	})
}

// parity: B78
// A failure can be read as text, by who failed first and by those that failed with it.
func TestFailureReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := silent(t)
		h := inspect.Handler(p)
		parent := spawn(t, p, "parent", actor.OnFailure(actor.Restart{Backoff: actor.NoBackoff}))
		child := childOf(t, parent, "child", actor.OnFailure(actor.Escalate))
		end(t, child, true)
		synctest.Wait()
		root := "root:   sample.Gate child (" + child.Actor().ID().String() + ")"
		for name, want := range map[string]string{
			"child":  "sample.Gate child failed: boom\nat:     2000-01-01T00:00:00Z\nin:     sample.Gate.Post\n" + root + "\n",
			"parent": "sample.Gate parent failed: child sample.Gate child failed: boom\nat:     2000-01-01T00:00:00Z\n" + root + ", whose failure escalated\n\nThe actor has got over it.\n",
		} {
			r := answer(h, http.MethodGet, "/procs/test/failure?name="+name)
			b, _ := io.ReadAll(r.Body)
			if string(b) != want || r.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("%s %q, want %q", r.Header, b, want)
			}
		}
		if a := get[inspect.Actor](t, h, "/procs/test/actor?name=parent"); a.Failure != nil || a.LastFailure == nil || !a.LastFailure.Propagated || a.Validate() != nil {
			t.Errorf("%+v", a)
		}
	})
}

// parity: B83
// What does not fit together is refused, whoever has written it; fields of later versions are not.
func TestValidate(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0)
	failure := func() *inspect.Failure {
		return &inspect.Failure{Error: "x", At: at, Root: inspect.Relative{ID: "p#1", Label: "a"}}
	}
	for name, c := range map[string]struct {
		change func(a *inspect.Actor)
		want   string
	}{
		"good":                  {func(*inspect.Actor) {}, ""},
		"good failure":          {func(a *inspect.Actor) { a.State, a.Failure = "failed", failure() }, ""},
		"good restart":          {func(a *inspect.Actor) { a.State, a.Failure = "restarting", failure() }, ""},
		"got over":              {func(a *inspect.Actor) { a.LastFailure = failure() }, ""},
		"no id":                 {func(a *inspect.Actor) { a.ID = "" }, "id, kind or incarnation"},
		"unknown state":         {func(a *inspect.Actor) { a.State = "tired" }, `"tired"`},
		"no state":              {func(a *inspect.Actor) { a.State = "none" }, `"none"`},
		"failed without":        {func(a *inspect.Actor) { a.State = "failed" }, "without a failure"},
		"stopped with":          {func(a *inspect.Actor) { a.State, a.Failure = "stopped", failure() }, "the state stopped"},
		"running with":          {func(a *inspect.Actor) { a.Failure = failure() }, "the state running"},
		"partial failure":       {func(a *inspect.Actor) { a.LastFailure = failure(); a.LastFailure.At = time.Time{} }, "time of a failure"},
		"partial root":          {func(a *inspect.Actor) { a.LastFailure = failure(); a.LastFailure.Root.ID = "" }, "root"},
		"propagated by itself":  {func(a *inspect.Actor) { a.LastFailure = failure(); a.LastFailure.Propagated = true }, "propagated"},
		"another's not as such": {func(a *inspect.Actor) { a.LastFailure = failure(); a.LastFailure.Root.ID = "p#2" }, "propagated"},
	} {
		a := inspect.Actor{Summary: inspect.Summary{ID: "p#1", Kind: "k", State: "running"}, Incarnation: "i"}
		c.change(&a)
		err := a.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	var a inspect.Actor
	ok(t, json.Unmarshal([]byte(`{"id": "p#1", "kind": "k", "incarnation": "i", "state": "running", "later": {"x": 1}}`), &a))
	ok(t, a.Validate())
}

// parity: BT40, BT55
// A mistake in a request is an answer as JSON that says what to do.
func TestErrorsAreJSON(t *testing.T) {
	p := silent(t)
	spawn(t, p, "a")
	h := inspect.Handler(p)
	for _, c := range []struct {
		method, path string
		status       int
		code, want   string
	}{
		{"GET", "/nowhere", 404, "not_found", "/ lists those"},
		{"GET", "/procs/other", 404, "not_found", "/procs lists them"},
		{"GET", "/procs/other/actors", 404, "not_found", "/procs lists them"},
		{"GET", "/procs/other/tree", 404, "not_found", `"other"`},
		{"GET", "/procs/other/ended", 404, "not_found", `"other"`},
		{"GET", "/procs/other/actor?id=1", 404, "not_found", `"other"`},
		{"GET", "/procs/other/failure?id=1", 404, "not_found", `"other"`},
		{"GET", "/procs/test/actor", 400, "bad_request", "one of id= and name="},
		{"GET", "/procs/test/actor?id=1&name=a", 400, "bad_request", "one of id= and name="},
		{"GET", "/procs/test/actor?id=x", 400, "bad_request", "%23"},
		{"GET", "/procs/test/actor?id=99", 404, "not_found", "no actor 99"},
		{"GET", "/procs/test/actor?name=b", 404, "not_found", "no actor b"},
		{"GET", "/procs/test/actor?id=0190d6f0-7c1e-7d3a-8f2b-5e0c9a7b4d21%231", 404, "not_found", "not of this run"},
		{"GET", "/procs/test/tree?id=99", 404, "not_found", "no actor 99"},
		{"GET", "/procs/test/tree?depth=-1", 400, "bad_request", "depth=-1"},
		{"GET", "/procs/test/tree?limit=x", 400, "bad_request", "limit=x"},
		{"GET", "/procs/test/actors?limit=x", 400, "bad_request", "limit=x"},
		{"GET", "/procs/test/actors?after=x", 400, "bad_request", "no number"},
		{"GET", "/procs/test/failure?name=a", 404, "not_found", "has not failed"},
		{"GET", "/procs/test/failure?name=b", 404, "not_found", "no actor b"},
		{"POST", "/procs", 405, "method_not_allowed", "use GET"},
		{"DELETE", "/procs/test/actor?id=1", 405, "method_not_allowed", "use GET"},
	} {
		r := answer(h, c.method, c.path)
		var got struct {
			Error struct{ Code, Message string }
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %v, %s", c.method, c.path, err, r.Header.Get("Content-Type"))
		}
		if r.StatusCode != c.status || got.Error.Code != c.code || !strings.Contains(got.Error.Message, c.want) {
			t.Errorf("%s %s: %d %+v, want %d %s %q", c.method, c.path, r.StatusCode, got.Error, c.status, c.code, c.want)
		}
	}
	if r := answer(h, "POST", "/procs"); r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("allowed: %q", r.Header.Get("Allow"))
	}
	if r := answer(h, "HEAD", "/procs/test"); r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("HEAD: %s %v", r.Status, r.Header)
	}
	if r := get[map[string][]string](t, h, "/"); len(r["routes"]) != 7 {
		t.Errorf("%v", r)
	}
	mounted := http.NewServeMux()
	mounted.Handle("/debug/actors/", http.StripPrefix("/debug/actors", h))
	if a := get[inspect.Actor](t, mounted, "/debug/actors/procs/test/actor?name=a"); a.Name != "a" {
		t.Errorf("%+v", a)
	}
}

func TestProcs(t *testing.T) {
	p := silent(t)
	other, err := actor.NewProc("other", actor.WithLogger(slog.New(slog.DiscardHandler)))
	ok(t, err)
	h := inspect.Handler(p, other)
	full := spawn(t, p, "full", actor.MailboxSize(1), actor.OnFull(actor.FullDropNewest))
	gate := make(chan struct{})
	running := make(chan struct{})
	ok(t, full.Post(t.Context(), func(*actor.Context) error { close(running); <-gate; return nil }))
	<-running
	for range 3 {
		ok(t, full.Post(t.Context(), func(*actor.Context) error { return nil }))
	}
	close(gate)
	end(t, spawn(t, p, "bad", actor.OnFailure(actor.StopActor)), true)
	all := get[inspect.Procs](t, h, "/procs").Procs
	if len(all) != 2 || all[0].Name != "test" || all[0].ID != p.ID().String() || all[0].Actors != 1 || all[0].Drops["mailbox full"] != 2 || all[0].Stopped ||
		all[0].Failures != nil || all[1].Name != "other" || all[1].Actors != 0 {
		t.Errorf("%+v", all)
	}
	if one := get[inspect.Proc](t, h, "/procs/test"); len(one.Failures) != 1 || one.Failures[0].Name != "bad" || one.Failures[0].Error != "boom" || one.Failures[0].Kind == "" {
		t.Errorf("%+v", one)
	}
	ok(t, other.Close())
	if one := get[inspect.Proc](t, h, "/procs/other"); !one.Stopped {
		t.Errorf("%+v", one)
	}
	if none := get[inspect.Procs](t, inspect.Handler(), "/procs"); none.Procs == nil || len(none.Procs) != 0 {
		t.Errorf("%+v", none)
	}
}

// The tree has parents before children, to a depth and a number.
func TestTree(t *testing.T) {
	p := silent(t)
	h := inspect.Handler(p)
	a, b := spawn(t, p, "a"), spawn(t, p, "b")
	aa, ab := childOf(t, a, "aa"), childOf(t, a, "ab")
	childOf(t, ab, "aba")
	end(t, childOf(t, b, "bz"), false)
	for query, want := range map[string]string{
		"":                    "0b 0a 1ab 2aba 1aa",
		"?depth=0":            "0b 0a",
		"?depth=1":            "0b 0a 1ab 1aa",
		"?depth=1&limit=3":    "0b 0a 1ab …",
		"?limit=5":            "0b 0a 1ab 2aba 1aa",
		"?name=a":             "0a 1ab 2aba 1aa",
		"?name=a&depth=0":     "0a",
		"?name=a&depth=1":     "0a 1ab 1aa",
		"?name=a&limit=1":     "0a …",
		"?name=bz":            "0bz",
		"?id=" + serialOf(aa): "0aa",
		"?id=" + serialOf(ab): "0ab 1aba",
	} {
		tree := get[inspect.Tree](t, h, "/procs/test/tree"+query)
		var all []string
		for _, n := range tree.Actors {
			all = append(all, fmt.Sprint(n.Depth, n.Name))
		}
		if tree.Truncated {
			all = append(all, "…")
		}
		got := strings.Join(all, " ")
		if got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func serialOf(g sample.GateHandle) string { return fmt.Sprint(g.Actor().ID().Serial) }

// Page by page whoever lives all the time is met exactly once, also when the actor that the cursor names has gone.
func TestPagesUnderChurn(t *testing.T) {
	p := silent(t)
	h := inspect.Handler(p)
	stay := map[uint64]int{}
	var come []sample.GateHandle
	root := spawn(t, p, "root")
	stay[root.Actor().ID().Serial] = 0
	for i := range 300 {
		g := childOf(t, root, "")
		if i%3 == 0 {
			come = append(come, g)
		} else {
			stay[g.Actor().ID().Serial] = 0
		}
	}
	after, pages, last := "", 0, uint64(0)
	for {
		page := get[inspect.Page](t, h, "/procs/test/actors?limit=7&after="+after)
		if len(page.Actors) > 7 {
			t.Fatalf("%d actors on a page", len(page.Actors))
		}
		for _, a := range page.Actors {
			if a.Serial <= last || a.State != "running" {
				t.Errorf("%+v after %d", a, last)
			}
			last = a.Serial
			if _, stays := stay[a.Serial]; stays {
				stay[a.Serial]++
			}
		}
		pages++
		if page.Next == "" {
			break
		}
		after = page.Next
		if len(come) > 0 {
			end(t, come[0], false)
			come = come[1:]
		}
		for _, g := range come { // the one that the cursor names, above all
			if serialOf(g) == after {
				end(t, g, false)
				come = slices.DeleteFunc(come, func(o sample.GateHandle) bool { return o == g })
				break
			}
		}
		if pages < 20 {
			childOf(t, root, "")
		}
	}
	for serial, n := range stay {
		if n != 1 {
			t.Errorf("#%d was met %d times", serial, n)
		}
	}
	if pages < 201/7 {
		t.Errorf("%d pages", pages)
	}
	if empty := get[inspect.Page](t, h, "/procs/test/actors?after=999999"); empty.Actors == nil || len(empty.Actors) != 0 || empty.Next != "" {
		t.Errorf("behind the last: %+v", empty)
	}
	if one := get[inspect.Page](t, h, "/procs/test/actors?limit=0"); len(one.Actors) != 1 || one.Actors[0].Name != "root" || one.Next == "" {
		t.Errorf("%+v", one)
	}
}

// parity: B80
func TestPagesAreFiltered(t *testing.T) {
	p := silent(t)
	h := inspect.Handler(p)
	spawn(t, p, "g")
	for range 3 {
		_, err := sample.SpawnCounter(p, "", func() *sample.Counter { return &sample.Counter{} })
		ok(t, err)
	}
	kind := url.QueryEscape("github.com/actorgen/actorgen/runtime/internal/sample.Counter")
	for query, want := range map[string]int{"": 4, "kind=" + kind: 3, "kind=x": 0, "state=running": 4, "state=stopping": 0, "limit=2&kind=" + kind: 2} {
		page := get[inspect.Page](t, h, "/procs/test/actors?"+query)
		if len(page.Actors) != want || (page.Next != "") != (query[:min(5, len(query))] == "limit") {
			t.Errorf("%s: %d actors, next %q", query, len(page.Actors), page.Next)
		}
	}
}

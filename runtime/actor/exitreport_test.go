package actor_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// chain spawns gates under parent, each the child of the one before, named 1 to n, and returns them.
func chain(t *testing.T, parent actor.Spawner, n int, opts ...actor.SpawnOption) []sample.GateHandle {
	t.Helper()
	var all []sample.GateHandle
	// Each is spawned in the Init of the one before, so that the last comes first.
	depth := 0
	var spawn func(parent actor.Spawner) error
	spawn = func(parent actor.Spawner) error {
		if depth++; depth > n {
			return nil
		}
		g, err := sample.SpawnGate(parent, fmt.Sprint(depth), func() *sample.Gate {
			return &sample.Gate{OnInit: func(cx *actor.Context) error { return spawn(cx) }}
		}, opts...)
		all = append([]sample.GateHandle{g}, all...)
		return err
	}
	ok(t, spawn(parent))
	return all
}

var moments = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)`)

// wantReport compares a report with its lines. Times are left out.
func wantReport(t *testing.T, got string, lines ...string) {
	t.Helper()
	if got, want := moments.ReplaceAllString(got, "NOW"), strings.Join(lines, "\n"); got != want {
		t.Errorf("the report is\n%s\n\nwant\n%s", got, want)
	}
}

// parity: B34, B48, B44, BT6, BT21, BT27, BT58
func TestReportLeadsToTheRootCause(t *testing.T) {
	p := newProc(t, quiet)
	port, exits := exitPort(1)
	all := chain(t, p, 4, escalates)
	all[0].Actor().Monitor(port)
	ctx := actor.WithHeader(actor.WithHeader(context.Background(), "trace", "17"), "tenant", "a")
	ok(t, all[3].Post(ctx, func(*actor.Context) error { return fmt.Errorf("no more room:\n%w", errBoom) }))
	ev := receive(t, exits, "the root's exit")
	wantReport(t, ev.Report(),
		"sample.Gate 1 failed",
		"  child sample.Gate 2 failed",
		"    child sample.Gate 3 failed",
		"      child sample.Gate 4 failed in sample.Gate.Post at NOW: no more room:",
		"        boom",
		"        headers: trace=17, tenant=a")
	if ev.Root() != all[3].Actor() || len(ev.Headers()) != 2 || ev.Headers()[1] != (actor.Header{Key: "tenant", Value: "a"}) {
		t.Errorf("root %v, headers %v", ev.Root().Name(), ev.Headers())
	}
	// Each status tells the same, from its own level on.
	text := "no more room:\nboom"
	for i := range all {
		s := ended(t, all[len(all)-1-i])
		if s.State != actor.StateFailed || s.Cause.Error() != text || !errors.Is(s.Cause, errBoom) {
			t.Errorf("%d levels up: %v, want %s", i, s, text)
		}
		text = fmt.Sprintf("child sample.Gate %d failed: %s", len(all)-i, text)
	}
	if fs := p.Failures(); len(fs) != 1 || fs[0].Report() != ev.Report() || (actor.Failure{}).Report() != "" {
		t.Errorf("%+v", fs)
	}
}

// A parent's HandleExit that fails has its say between the parent and the child.
// parity: B48, BT58
func TestReportTellsWhatHandleExitSaid(t *testing.T) {
	p := newProc(t, quiet)
	port, exits := exitPort(1)
	w, _ := spawnWarden(t, p, func(*actor.Context, *actor.Exit) (bool, error) { return true, errors.New("not that one") }, escalates)
	w.Actor().Monitor(port)
	g := childOf(t, w, "g", escalates)
	ok(t, g.Post(context.Background(), failures["panic"]))
	ev := receive(t, exits, "the exit")
	if ev.Root() != g.Actor() {
		t.Errorf("the root is %v", ev.Root())
	}
	wantReport(t, ev.Report(),
		"sample.Warden #1 failed: HandleExit of sample.Warden #1: not that one",
		"  child sample.Gate g failed at NOW: sample.Gate.Post: panic: boom")
	wantText(t, ev.Status.Cause, "not that one", "it was about child sample.Gate g, which failed", "panic: boom")

	// About a child that has stopped, the failure is the parent's own; and a panic hides what it was about.
	for name, hook := range map[string]func(*actor.Context, *actor.Exit) (bool, error){
		"not that one":        func(*actor.Context, *actor.Exit) (bool, error) { return true, errors.New("not that one") },
		"panic: not that one": func(*actor.Context, *actor.Exit) (bool, error) { panic("not that one") },
	} {
		w, _ := spawnWarden(t, p, hook, escalates)
		w.Actor().Monitor(port)
		g := childOf(t, w, "", escalates)
		g.Actor().Stop(actor.StopDrain, nil)
		ev := receive(t, exits, "the exit")
		label := fmt.Sprintf("sample.Warden #%d", w.Actor().ID().Serial)
		wantReport(t, ev.Report(), label+" failed at NOW: HandleExit of "+label+": "+name)
		if ev.Root() != w.Actor() {
			t.Errorf("the root is %v", ev.Root())
		}
	}
}

// parity: BT18, BT58
func TestReportOfACleanEnd(t *testing.T) {
	p := newProc(t, quiet)
	port, exits := exitPort(1)
	for _, c := range []struct {
		cause  error
		report string
	}{{errBoom, "sample.Gate g stopped: boom"}, {nil, "sample.Gate g stopped"}} {
		g := namedGate(t, p, "g")
		g.Actor().Monitor(port)
		g.Actor().Stop(actor.StopDrain, c.cause)
		wantReport(t, receive(t, exits, "the exit").Report(), c.report)
	}
}

// However deep the tree and however long the texts, a report has an end, and its last level is the root cause.
// parity: B48, BT58
func TestReportIsBounded(t *testing.T) {
	p := newProc(t, quiet)
	const levels = 100
	port, exits := exitPort(1)
	all := chain(t, p, levels, escalates)
	all[0].Actor().Monitor(port)
	ctx := context.Background()
	for i := range 50 {
		ctx = actor.WithHeader(ctx, fmt.Sprint("key", i), strings.Repeat("v", 1_000))
	}
	ok(t, all[levels-1].Post(ctx, func(*actor.Context) error { return errors.New(strings.Repeat("é", 10_000)) }))
	ev := receive(t, exits, "the root's exit")
	report := ev.Report()
	lines := strings.Split(report, "\n")
	if len(lines) != 34 || len(report) > 8_000 || !strings.HasPrefix(lines[0], "sample.Gate 1 failed") {
		t.Errorf("%d lines, %d bytes:\n%s", len(lines), len(report), report)
	}
	if want := strings.Repeat("  ", 16) + "… 68 levels are left out"; lines[16] != want {
		t.Errorf("in the middle %q, want %q", lines[16], want)
	}
	if !strings.Contains(lines[17], "child sample.Gate 85 failed") || !strings.Contains(lines[32], "child sample.Gate 100 failed in sample.Gate.Post at ") ||
		!strings.HasSuffix(lines[32], "éé…") {
		t.Errorf("the end is\n%s\n%s", lines[17], lines[32])
	}
	if !strings.Contains(lines[33], "headers: key0=vvv") || strings.Count(lines[33], "key") != 20 || !strings.HasSuffix(lines[33], ", …") {
		t.Errorf("the headers are\n%s", lines[33])
	}
	if ev.Root() != all[levels-1].Actor() {
		t.Errorf("the root is %v", ev.Root())
	}
}

// A child that fails while its parent restarts does not fail the parent once more; its own status and exit tell the truth.
// parity: B34
func TestChildThatFailsWhileItsParentRestarts(t *testing.T) {
	p := newProc(t, quiet)
	port, exits := exitPort(2)
	built := make(chan struct{}, 10)
	parent, err := sample.SpawnGate(p, "parent", func() *sample.Gate { built <- struct{}{}; return &sample.Gate{} }, atOnce)
	ok(t, err)
	<-built
	var child sample.GateHandle
	ok(t, parent.Do(soon(t), func(cx *actor.Context) (err error) { child = spawnGate(t, cx, escalates); return nil }))
	child.Actor().Monitor(port)
	running, gate := make(chan struct{}), make(chan struct{})
	ok(t, child.Post(context.Background(), func(*actor.Context) error { close(running); <-gate; return errBoom }))
	receive(t, running, "the child's handler")
	ok(t, parent.Post(context.Background(), func(*actor.Context) error { return errors.New("the parent's own") }))
	for s := range parent.Actor().Watch(soon(t)) {
		if s.State == actor.StateRestarting { // it waits for the child
			wantText(t, s.Cause, "the parent's own")
			break
		}
	}
	close(gate)
	ev := receive(t, exits, "the child's exit")
	if !ev.Failed() || !errors.Is(ev.Status.Cause, errBoom) || ev.Root() != child.Actor() {
		t.Errorf("%v", ev)
	}
	receive(t, built, "the parent's next incarnation")
	flush(t, parent)
	if s := parent.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 1 {
		t.Errorf("%+v", s)
	}
}

// A child that fails while HandleExit runs for another is the next that HandleExit hears of; if it fails the parent instead,
// the parent's cause is the first child, and the second one's own status tells of the second.
// parity: B34
func TestChildThatFailsDuringHandleExit(t *testing.T) {
	for name, handles := range map[string]bool{"handled": true, "left": false} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			port, ends := exitPort(1)
			errLater := errors.New("later")
			var second sample.GateHandle
			w, exits := spawnWarden(t, p, func(_ *actor.Context, ev *actor.Exit) (bool, error) {
				if ev.Child.Name() == "first" {
					ok(t, second.Post(context.Background(), func(*actor.Context) error { return errLater }))
					for s := range second.Actor().Watch(soon(t)) {
						if s.State == actor.StateFailed {
							break
						}
					}
				}
				return handles, nil
			}, escalates)
			w.Actor().Monitor(port)
			first := childOf(t, w, "first", escalates)
			second = childOf(t, w, "second", escalates)
			fail(t, first)
			if ev := receive(t, exits, "the first exit"); ev.Root() != first.Actor() {
				t.Errorf("%v", ev)
			}
			if s := ended(t, second); s.State != actor.StateFailed || !errors.Is(s.Cause, errLater) {
				t.Errorf("the second child: %v", s)
			}
			if handles {
				if ev := receive(t, exits, "the second exit"); ev.Root() != second.Actor() || !errors.Is(ev.Status.Cause, errLater) {
					t.Errorf("%v", ev)
				}
				aliveAs(t, w, 0)
				return
			}
			ev := receive(t, ends, "the parent's exit")
			if ev.Root() != first.Actor() || !errors.Is(ev.Status.Cause, errBoom) || errors.Is(ev.Status.Cause, errLater) {
				t.Errorf("%v", ev)
			}
			if len(exits) > 0 {
				t.Errorf("told of %v", <-exits)
			}
		})
	}
}

package actor_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// publish has g publish the attributes.
func publish(t testing.TB, g sample.GateHandle, attrs ...slog.Attr) {
	t.Helper()
	ok(t, g.Do(soon(t), func(cx *actor.Context) error { cx.Publish(attrs...); return nil }))
}

// published returns what g shows, as text.
func published(g sample.GateHandle) string { return fmt.Sprint(g.Actor().Inspect().Attrs) }

// parity: B75, B76, B77, BT55
// What an actor publishes is shown beside what the runtime knows, whatever its keys; groups are for things in it.
func TestPublishedAttributesAreShown(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	if s := g.Actor().Inspect(); s.Attrs != nil {
		t.Errorf("without any: %v", s.Attrs)
	}
	publish(t, g, slog.Int("orders", 3), slog.String("state", "warm"), slog.Group("pump", slog.Bool("on", true), slog.Float64("bar", 1.5)))
	if got := published(g); got != "[orders=3 state=warm pump=[on=true bar=1.5]]" {
		t.Error(got)
	}
	before := g.Actor().Inspect().Attrs
	publish(t, g, slog.Int("orders", 4), slog.Any("pump", nil), slog.String("mode", "eco"))
	if got := published(g); got != "[orders=4 state=warm mode=eco]" {
		t.Error(got)
	}
	if got := fmt.Sprint(before); got != "[orders=3 state=warm pump=[on=true bar=1.5]]" {
		t.Errorf("an earlier snapshot has changed: %s", got)
	}
	if s := g.Actor().Inspect(); s.Status.State != actor.StateRunning {
		t.Errorf("the published state replaces the actor's: %v", s.Status)
	}
	release := hold(t, g)
	if got := published(g); got != "[orders=4 state=warm mode=eco]" {
		t.Errorf("while a handler hangs: %s", got)
	}
	release()
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	if got := fmt.Sprint(p.Ended()[0].Attrs); got != "[orders=4 state=warm mode=eco]" {
		t.Errorf("after the end: %s", got)
	}
}

type panics struct{}

func (panics) LogValue() slog.Value { panic("no value") }

type panicsText struct{}

func (panicsText) MarshalText() ([]byte, error) { panic("no text") }

// parity: BT55
// Values are what they were when they were published, and a value that panics harms nobody.
func TestPublishedValuesAreCopied(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, atOnce)
	list := []int{1, 2}
	publish(t, g, slog.Any("list", list), slog.Any("bad", panics{}), slog.Any("worse", panicsText{}), slog.Any("err", errBoom))
	list[0] = 7
	got := published(g)
	for _, want := range []string{"list=[1 2]", "bad=LogValue panicked", "worse=!PANIC: no text", "err=boom"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %q", got, want)
		}
	}
	fail(t, g)
	flush(t, g)
	if s := g.Actor().Inspect(); s.Attrs != nil || s.Status.Restarts != 1 {
		t.Errorf("after a restart: %v", s.Attrs)
	}
}

func TestPublishedAttributesAreBounded(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	long := strings.Repeat("ä", 2000)
	deep := slog.Group("g", slog.Group("g", slog.Group("g", slog.Group("g", slog.Group("g", slog.Group("g", slog.Group("g", slog.Group("g",
		slog.Group("g", slog.Group("g", slog.String("deepest", "x")))))))))))
	publish(t, g, slog.String("long", long), deep)
	for i := range 100 {
		publish(t, g, slog.Int(fmt.Sprint("k", i), i))
	}
	publish(t, g, slog.Int("k0", -1)) // replaces
	s := g.Actor().Inspect()
	if len(s.Attrs) != 64 || s.AttrsLost != 100-62 {
		t.Errorf("%d keys, %d lost", len(s.Attrs), s.AttrsLost)
	}
	if text := s.Attrs[0].Value.String(); len(text) > 1024+len("…") || !strings.HasPrefix(long, strings.TrimSuffix(text, "…")) {
		t.Errorf("a text of %d bytes", len(text))
	}
	if text := s.Attrs[1].String(); strings.Contains(text, "deepest") {
		t.Error(text)
	}
	if s.Attrs[2].Value.Int64() != -1 {
		t.Errorf("%v", s.Attrs[2])
	}
}

// parity: B81, BT12
// The flight recorder has what was logged: the same levels, messages, groups and attributes as the proc's own logger writes.
func TestFlightRecorderKeepsWhatWasLogged(t *testing.T) {
	var out bytes.Buffer
	p := newProc(t, actor.WithLogger(slog.New(slog.NewJSONHandler(&out, nil))))
	g := spawnGate(t, p)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		log := cx.Log()
		log.Info("plain")
		log.Warn("attrs", "n", 123, "err", errBoom, slog.Group("g", "a", 1, slog.Group("", "b", 2)), slog.Group("empty"), slog.Attr{})
		log.Debug("below the level")
		log.With("w", 1).WithGroup("outer").With("x", 2).WithGroup("inner").Error("nested", "y", 3)
		log.WithGroup("").WithGroup("empty").Info("no attributes in the group")
		base := log.With("shared", 1)
		one, two := base.With("one", 1), base.With("two", 2)
		one.Info("one")
		two.Info("two")
		return nil
	}))
	var want []map[string]any
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var m map[string]any
		ok(t, json.Unmarshal([]byte(line), &m))
		if m["actor"] != g.Actor().Inspect().Label || m["id"] != g.Actor().ID().String() || m["proc"] != "test" {
			t.Errorf("%v does not say whose it is", m)
		}
		for _, key := range []string{"time", "actor", "id", "proc"} {
			delete(m, key)
		}
		want = append(want, m)
	}
	var got []map[string]any
	for _, r := range g.Actor().Inspect().Log {
		var b bytes.Buffer
		record := slog.NewRecord(r.Time, r.Level, r.Message, 0)
		record.AddAttrs(r.Attrs...)
		ok(t, slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}).Handle(t.Context(), record))
		var m map[string]any
		ok(t, json.Unmarshal(b.Bytes(), &m))
		if r.Time.IsZero() {
			t.Errorf("%v has no time", m)
		}
		delete(m, "time")
		got = append(got, m)
	}
	if len(got) != 6 || !reflect.DeepEqual(got, want) {
		t.Errorf("recorded %v\nwritten  %v", got, want)
	}
}

// The last 64 records are kept unless the proc says otherwise, over restarts and after the end, and none of actors that do not log.
func TestFlightRecorderKeepsTheLast(t *testing.T) {
	for records, opts := range map[int][]actor.ProcOption{64: nil, 3: {actor.FlightRecorder(3)}, 0: {actor.FlightRecorder(0)}} {
		t.Run(fmt.Sprint(records), func(t *testing.T) {
			var out bytes.Buffer
			p := newProc(t, append(opts, actor.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))...)
			g, silent := spawnGate(t, p, atOnce), spawnGate(t, p)
			for i := range 150 {
				ok(t, g.Do(soon(t), func(cx *actor.Context) error { cx.Log().Info("tick", "i", i); return nil }))
			}
			fail(t, g)
			flush(t, g)
			g.Actor().Stop(actor.StopNow, nil)
			ended(t, g)
			for _, s := range []actor.Snapshot{g.Actor().Inspect(), p.Ended()[0]} {
				if len(s.Log) != records {
					t.Fatalf("%d records, want %d", len(s.Log), records)
				}
				for n, r := range s.Log {
					if r.Message != "tick" || r.Attrs[0].Value.Int64() != int64(150-records+n) {
						t.Errorf("record %d is %v", n, r)
					}
				}
			}
			if s := silent.Actor().Inspect(); s.Log != nil {
				t.Errorf("an actor that does not log has %v", s.Log)
			}
			if n := strings.Count(out.String(), "msg=tick"); n != 150 {
				t.Errorf("%d records were written, want 150", n)
			}
		})
	}
}

func TestFlightRecorderIsBounded(t *testing.T) {
	for _, n := range []int{-1, 1 << 20} {
		_, err := actor.NewProc("p", actor.FlightRecorder(n))
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, fmt.Sprintf("FlightRecorder(%d): it must be between 0 and 65536", n))
	}
}

// A record's values are those of the time when it was written, and a logger may be used by many goroutines after its handler has returned.
func TestFlightRecorderIsSafe(t *testing.T) {
	p := newProc(t, actor.WithLogger(slog.New(slog.NewTextHandler(new(nowhere), nil))))
	g := spawnGate(t, p)
	var log *slog.Logger
	list := []int{1}
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		log = cx.Log()
		log.Info("list", "list", list)
		return nil
	}))
	list[0] = 2
	if r := g.Actor().Inspect().Log[0]; r.Attrs[0].Value.String() != "[1]" {
		t.Error(r)
	}
	var all []<-chan error
	for i := range 8 {
		all = append(all, begin(func() error {
			for range 100 {
				log.With("i", i).Info("x")
				if n := len(g.Actor().Inspect().Log); n == 0 || n > 64 {
					return fmt.Errorf("%d records", n)
				}
			}
			return nil
		}))
	}
	for _, done := range all {
		ok(t, receive(t, done, "a goroutine that logs"))
	}
	g.Actor().Stop(actor.StopKill, errors.New("over"))
	log.Info("after the end")
}

// nowhere is a writer for loggers that are on.
type nowhere struct{}

func (*nowhere) Write(b []byte) (int, error) { return len(b), nil }

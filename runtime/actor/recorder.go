package actor

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// FlightRecorder sets how many of the log records that an actor writes through its ctx.Log() are kept with it, the last ones:
// 64 unless set. They take some hundred bytes each, of actors that log. 0 keeps none.
func FlightRecorder(records int) ProcOption {
	return procOption(func(p *Proc) error {
		if records < 0 || records > maxRecorded {
			return NewError(CodeMisuse, fmt.Sprintf("FlightRecorder(%d): it must be between 0 and %d", records, maxRecorded), nil)
		}
		p.recorded = records
		return nil
	})
}

const maxRecorded = 1 << 16

// A LogRecord is one record that an actor has logged.
type LogRecord struct {
	Time    time.Time
	Level   slog.Level
	Message string
	// Attrs are its attributes in the groups that they were logged in, those of the proc's logger and the actor's name left out.
	Attrs []slog.Attr
}

// logRing holds the last records.
type logRing struct {
	records []LogRecord
	oldest  int
}

// add keeps a record, at most n of them.
func (r *logRing) add(record LogRecord, n int) {
	if len(r.records) < n {
		r.records = append(r.records, record)
		return
	}
	r.records[r.oldest] = record
	r.oldest = (r.oldest + 1) % n
}

// all returns the records, the oldest first.
func (r *logRing) all() []LogRecord {
	return slices.Concat(r.records[r.oldest:], r.records[:r.oldest])
}

// recorder is the slog.Handler of ctx.Log(): it keeps what it passes on.
type recorder struct {
	next   slog.Handler
	core   *core
	scopes []logScope // never changed in place
}

// A logScope is what With and WithGroup have added: a group, if it has a name, and the attributes in it.
type logScope struct {
	group string
	attrs []slog.Attr
}

// Enabled is the proc's logger's to say: what that leaves out is not kept either.
func (r *recorder) Enabled(ctx context.Context, level slog.Level) bool {
	return r.next.Enabled(ctx, level)
}

// Handle keeps the record and passes it on.
func (r *recorder) Handle(ctx context.Context, record slog.Record) error {
	attrs := make([]slog.Attr, 0, record.NumAttrs())
	record.Attrs(func(a slog.Attr) bool {
		attrs = appendFrozen(attrs, a)
		return true
	})
	for _, sc := range slices.Backward(r.scopes) {
		attrs = slices.Concat(sc.attrs, attrs)
		if sc.group != "" && len(attrs) > 0 { // as slog's own handlers, which leave out empty groups
			attrs = []slog.Attr{{Key: sc.group, Value: slog.GroupValue(attrs...)}}
		}
	}
	kept := LogRecord{Time: record.Time, Level: record.Level, Message: cutText(record.Message), Attrs: attrs}
	sh := r.core.shownNow()
	sh.mu.Lock()
	sh.log.add(kept, r.core.proc.recorded)
	sh.mu.Unlock()
	return r.next.Handle(ctx, record)
}

// WithAttrs returns a handler whose records have the attributes.
func (r *recorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	sc := logScope{}
	for _, a := range attrs {
		sc.attrs = appendFrozen(sc.attrs, a)
	}
	return &recorder{next: r.next.WithAttrs(attrs), core: r.core, scopes: append(slices.Clip(r.scopes), sc)}
}

// WithGroup returns a handler that has what is added from now on in a group.
func (r *recorder) WithGroup(name string) slog.Handler {
	if name == "" {
		return r
	}
	return &recorder{next: r.next.WithGroup(name), core: r.core, scopes: append(slices.Clip(r.scopes), logScope{group: name})}
}

// appendFrozen appends an attribute as slog's handlers write it: an empty one is left out, and a group without a name is its members.
func appendFrozen(attrs []slog.Attr, a slog.Attr) []slog.Attr {
	if a.Equal(slog.Attr{}) {
		return attrs
	}
	a = freeze(a, 0)
	if a.Value.Kind() != slog.KindGroup {
		return append(attrs, a)
	}
	switch members := a.Value.Group(); {
	case len(members) == 0:
		return attrs
	case a.Key == "":
		return append(attrs, members...)
	}
	return append(attrs, a)
}

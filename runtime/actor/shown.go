package actor

import (
	"encoding"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"unicode/utf8"
)

// Bounds of what an actor shows.
const (
	maxPublished = 64   // keys
	maxShownText = 1024 // bytes of a text
)

// shown is what few actors have for introspection. It is made when first needed, and kept when the actor has ended.
type shown struct {
	mu    sync.Mutex
	attrs []slog.Attr // published
	lost  int         // keys that were not kept
	drops map[Code]uint64
	log   logRing
}

// shownNow returns the struct, made now if need be.
func (c *core) shownNow() *shown {
	sd := c.sideOf()
	if sh := sd.shown.Load(); sh != nil {
		return sh
	}
	sd.shown.CompareAndSwap(nil, &shown{})
	return sd.shown.Load()
}

// Publish shows attributes of the actor in its snapshots, under their keys: one that is there already is replaced, one without a
// value (slog.Any(key, nil)) is taken away. They are copied as text where they are not plain values, so that what they came
// from may change, and are gone after a restart. An actor shows 64 keys at most, and 1 KiB of a text; what does not fit is left
// out, and counted in Snapshot.AttrsLost.
func (c *Context) Publish(attrs ...slog.Attr) {
	frozen := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		frozen = append(frozen, freeze(a, 0))
	}
	sh := c.core.shownNow()
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for _, a := range frozen {
		sh.publish(a)
	}
}

// publish is called under mu.
func (sh *shown) publish(a slog.Attr) {
	none := a.Value.Equal(slog.Value{})
	for i, old := range sh.attrs {
		if old.Key != a.Key {
			continue
		}
		// Not in place: snapshots have the slice.
		rest := append(sh.attrs[:i:i], sh.attrs[i+1:]...)
		if !none {
			rest = append(sh.attrs[:i:i], a)
			rest = append(rest, sh.attrs[i+1:]...)
		}
		sh.attrs = rest
		return
	}
	switch {
	case none || a.Key == "":
	case len(sh.attrs) < maxPublished:
		sh.attrs = append(sh.attrs[:len(sh.attrs):len(sh.attrs)], a)
	default:
		sh.lost++
	}
}

// unpublish takes all attributes away.
func (sh *shown) unpublish() {
	sh.mu.Lock()
	sh.attrs, sh.lost = nil, 0
	sh.mu.Unlock()
}

// countDrop counts a message of the actor that was accepted and then lost.
func (sh *shown) countDrop(code Code) {
	sh.mu.Lock()
	if sh.drops == nil {
		sh.drops = make(map[Code]uint64)
	}
	sh.drops[code]++
	sh.mu.Unlock()
}

// maxFrozenDepth bounds groups within groups.
const maxFrozenDepth = 8

// freeze returns the attribute with a value that nobody changes: what is not plain becomes text.
func freeze(a slog.Attr, depth int) slog.Attr {
	a.Value = freezeValue(a.Value, depth)
	a.Key = cutText(a.Key)
	return a
}

func freezeValue(v slog.Value, depth int) slog.Value {
	v = v.Resolve() // gets over a panic of LogValue
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(cutText(v.String()))
	case slog.KindGroup:
		if depth == maxFrozenDepth {
			return slog.StringValue("…")
		}
		var group []slog.Attr
		for _, a := range v.Group()[:min(len(v.Group()), maxPublished)] {
			group = append(group, freeze(a, depth+1))
		}
		return slog.GroupValue(group...)
	case slog.KindAny:
		if v.Any() == nil {
			return slog.Value{}
		}
		return slog.StringValue(cutText(textOf(v.Any())))
	}
	return v
}

// textOf returns a value as slog's text handler writes it. fmt gets over panics of the value's methods.
func textOf(v any) (text string) {
	if m, ok := v.(encoding.TextMarshaler); ok {
		defer func() {
			if p := recover(); p != nil {
				text = fmt.Sprintf("!PANIC: %v", p)
			}
		}()
		if b, err := m.MarshalText(); err == nil {
			return string(b)
		}
	}
	return fmt.Sprintf("%+v", v)
}

// cutText bounds a text.
func cutText(s string) string {
	if len(s) <= maxShownText {
		return s
	}
	cut := maxShownText
	for !utf8.RuneStart(s[cut]) && cut > maxShownText-utf8.UTFMax {
		cut--
	}
	return strings.Clone(s[:cut]) + "…"
}

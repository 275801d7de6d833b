package actor

import "context"

// Headers are what WithHeader has set, innermost last. They are immutable and shared by the messages sent with them.
type headers struct {
	extra extra // what the cell of a cast with these headers points to
	list  []Header
}

func newHeaders(list []Header) *headers {
	h := &headers{list: list}
	h.extra.headers = h
	return h
}

// noHeaders are those of a message that has none, and is not to be taken for one of the common kind. Nobody changes them.
var noHeaders = newHeaders(nil)

func (h *headers) get(key string) string {
	if h == nil {
		return ""
	}
	for i := len(h.list) - 1; i >= 0; i-- {
		if h.list[i].Key == key {
			return h.list[i].Value
		}
	}
	return ""
}

func (h *headers) all() []Header {
	if h == nil {
		return nil
	}
	return h.list
}

// An extra is what some messages carry beside their arguments: headers, a call's frame, a sender in another proc, a feed.
type extra struct {
	headers *headers
	frame   *GenCall
	sender  *remoteSender
	feed    *feed // that waits for the message to be worked off
}

type originKey struct{}

// headerContext carries headers for the messages sent with it, and the actor context it was made from.
type headerContext struct {
	context.Context
	cx      *Context
	headers *headers
}

// WithHeader returns a context with which messages carry the header key, on every hop from handler to handler;
// ctx.Header reads it. Other values of a context do not cross. Keys and values are limited to 4 KiB each on the wire.
func WithHeader(ctx context.Context, key, value string) context.Context {
	cx, old := originOf(ctx)
	if cx != nil {
		cx.look() // what is derived from a handler's context ends with it
	}
	list := make([]Header, 0, len(old.all())+1)
	for _, h := range old.all() {
		if h.Key != key {
			list = append(list, h)
		}
	}
	return &headerContext{Context: ctx, cx: cx, headers: newHeaders(append(list, Header{key, value}))}
}

// Value finds the context itself for the runtime, and else what the parent has.
func (c *headerContext) Value(key any) any {
	if _, ok := key.(originKey); ok {
		return c
	}
	return c.Context.Value(key)
}

// originOf tells whose handler ctx belongs to, if any, and the headers that messages sent with it carry.
func originOf(ctx context.Context) (*Context, *headers) {
	if cx, ok := ctx.(*Context); ok {
		return cx, cx.headers
	}
	switch o := ctx.Value(originKey{}).(type) {
	case *Context:
		return o, o.headers
	case *headerContext:
		return o.cx, o.headers
	case *detached:
		return nil, o.headers
	}
	return nil, nil
}

// extraOf is what a cast that is sent with such a context carries in its cell, or nil.
func extraOf(cx *Context, hs *headers) *extra {
	switch fed := cx != nil && cx.feed != nil; {
	case fed && hs == cx.headers:
		return &cx.feed.extra
	case fed:
		return &extra{headers: hs, feed: cx.feed}
	case hs != nil:
		return &hs.extra
	}
	return nil
}

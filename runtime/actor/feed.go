package actor

import "sync/atomic"

// A feed is what sends to a port on behalf of an actor, but not in its turn: a timer, a source or a task.
//
// What it sends to an actor of this proc is accepted though the mailbox may be full, and takes no room from others: the feed itself keeps
// count of what has not been handled, and waits. So each has its place in the queue, whoever else sends how much.
type feed struct {
	attachment
	extra   extra        // of the cells that it fills
	sender  Context      // that it sends with: the actor's, without a turn
	pending atomic.Int32 // cells that are not worked off
	window  int32        // how many may be
	room    func()       // called when a cell of a full window is worked off; may be nil
}

// start attaches the feed to the actor of a handler or hook, with the headers of the message that it runs for.
func (f *feed) start(cx *Context, s scope, window int32, self ender) error {
	if err := f.attach(cx, s, self); err != nil {
		return err
	}
	f.window = window
	f.extra.feed = f
	f.extra.headers = cx.headers
	f.sender.core, f.sender.headers, f.sender.feed = cx.core, cx.headers, f
	if f.sender.headers == nil {
		f.sender.headers = noHeaders // so that its casts are not sent the short way
	}
	return nil
}

// headersOf returns the headers of the message that a handler runs for.
func headersOf(cx *Context) *headers {
	if cx == nil {
		return nil
	}
	return cx.headers
}

// full tells whether the feed has to wait before it sends more.
func (f *feed) full() bool { return f.pending.Load() >= f.window }

// queued counts a cell that carries the feed's extra. It is called before the cell can be handled.
func (f *feed) queued() { f.pending.Add(1) }

// settled is called when such a cell of c has been worked off, or lost.
func (f *feed) settled(c *core) {
	s := c.lock()
	c.limit--
	c.unlock(s)
	if f.pending.Add(-1) == f.window-1 && f.room != nil {
		f.room()
	}
}

// deliver sends m. It is false if the port leads to nobody any more; what is lost is reported to the actor.
func deliver[M any](f *feed, to Port[M], m M) bool {
	err := to.Send(&f.sender, m)
	if err == nil {
		return true
	}
	code := CodeOf(err)
	c := f.sender.core
	if code == CodeStopped && c.st.Load()&(closing|ended) != 0 {
		return false // the feed goes with its actor
	}
	c.proc.countDrop(code)
	c.proc.tellUndelivered(c, &Undelivered{Target: "a port that " + c.label() + " feeds", Args: m, Err: err})
	return code != CodeStopped && code != CodeNotFound && code != CodeUnbound && code != CodeKind && code != CodeSchema
}

package actor

// An Undelivered is a message that was accepted and then lost: its actor stopped first, a policy dropped it,
// or the link that it was on, or an interceptor refused it.
type Undelivered struct {
	// To is the actor that it was for, as far as it is known.
	To ID
	// Target names that actor for people: its kind and name, or its address.
	Target string
	// Handler is the handler that it was for, as bank.Account.Rename; empty if unknown.
	Handler string
	// Args is what its port takes: the argument of a cast with one, struct{}{} without any, the generated …Args
	// struct with several. It is nil if the message was lost between procs, and the *Exit that a Monitor could not tell.
	Args any
	// Err says why. Its code is one of CodeStopped, CodeMailboxFull, CodeNotFound, CodeUnreachable, CodeSchema,
	// CodeDecode, CodeKind, CodeTooLarge and CodeRefused. For an Exit that a monitor's port has refused it is the port's error.
	Err error
}

// maxUndelivered bounds what waits for one actor's HandleUndelivered; more is counted and logged only.
const maxUndelivered = 1024

// undelivered reports a message of this actor's mailbox that will not be handled. args may be nil if the message has a
// frame.
func (a *GenActor[S, C]) undelivered(from *core, e *extra, op uint16, args *C, err *Error) {
	var f *GenCall
	if e != nil {
		f = e.frame
	}
	if a.info.handlers[op].Flags&GenOneway == 0 {
		if f.unlist() {
			own := *err
			own.Text = a.info.what(op) + ": " + own.Text
			f.answer(a.proc, &own)
		}
		return
	}
	var sender *remoteSender
	if e != nil {
		sender = e.sender
	}
	if e != nil && e.feed != nil {
		e.feed.settled(&a.core)
	}
	if f == nil {
		a.lost(from, sender, op, a.info.spec.Args(op, args, nil), err)
		return
	}
	a.lost(from, sender, op, a.info.spec.Args(op, nil, f.outer), err)
	f.release()
}

// lost counts a cast that will not be handled, and tells its sender.
func (a *GenActor[S, C]) lost(from *core, sender *remoteSender, op uint16, args any, err *Error) {
	a.proc.countDrop(err.Code)
	a.shownNow().countDrop(err.Code)
	if sender != nil {
		sender.undelivered(a.info.handlers[op].ID, a.serial, err)
		return
	}
	a.proc.tellUndelivered(from, &Undelivered{To: a.id(), Target: a.label(), Handler: a.info.what(op), Args: args, Err: err})
}

// tellUndelivered tells the sender, or for one that is no actor, or has no hook, the proc.
func (p *Proc) tellUndelivered(from *core, u *Undelivered) {
	if from != nil && from.takeUndelivered(u) {
		return
	}
	if p.onUndelivered != nil && from == nil {
		p.onUndelivered(u)
		return
	}
	p.logger.Warn("a message was not delivered", "to", u.Target, "handler", u.Handler, "err", u.Err)
}

// takeUndelivered queues a report for the actor's hook. It is false if the actor has none, or has ended.
func (c *core) takeUndelivered(u *Undelivered) bool {
	if c.flags.Load()&hearsLosses == 0 {
		return false
	}
	sd := c.sideOf()
	sd.mu.Lock()
	ok := !sd.finished && len(sd.undelivered) < maxUndelivered
	if ok {
		sd.undelivered = append(sd.undelivered, u)
	}
	sd.mu.Unlock()
	if ok {
		c.raise(0)
	}
	return ok
}

// handleUndelivered gives the actor its next report. It is true if there was one. The caller has the turn.
func (c *core) handleUndelivered(w *worker, sd *side) bool {
	sd.mu.Lock()
	if len(sd.undelivered) == 0 {
		sd.mu.Unlock()
		return false
	}
	u := sd.undelivered[0]
	sd.undelivered = sd.undelivered[1:]
	sd.mu.Unlock()
	hook, ok := c.self.behavior().(UndeliveredHandler)
	if !ok {
		return true
	}
	f := c.hook(w, "HandleUndelivered", func(cx *Context) error { return hook.HandleUndelivered(cx, u) })
	if f != nil {
		c.hookFailed(f)
	}
	return true
}

// Drops returns how many messages were accepted by the proc's actors and then lost, by reason: the codes that
// Undelivered.Err can have.
func (p *Proc) Drops() map[Code]uint64 {
	all := make(map[Code]uint64)
	for code := range p.drops {
		if n := p.drops[code].Load(); n > 0 {
			all[Code(code)] = n
		}
	}
	return all
}

func (p *Proc) countDrop(code Code) {
	if int(code) >= len(p.drops) { // of a port's own making; readError lets none in
		code = CodeUnknown
	}
	p.drops[code].Add(1)
}

var errZeroHandle = NewError(CodeUnbound, "the handle is the zero value: take it from Spawn…, Ensure…, Lookup… or …Self", nil)

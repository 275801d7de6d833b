package actor

import (
	"context"
	"fmt"
)

// What handlers wait in, for errors and introspection.
var (
	inRecv   = "Recv of its session"
	inUntil  = "RecvUntil of its session"
	inSend   = "Send of its session"
	inResult = "Result of a session that it has opened"
	inOpened = "a session that it has opened"
)

// sendValue sends a value one way.
func sendValue[T any](s *session, to *stream[T], from end, who waiter, v T) error {
	if s.copies && to.codec != nil {
		var err error
		if v, err = to.codec.copy(v, s.proc); err != nil {
			return errIsolating(s.what, err)
		}
	}
	waited, err := enqueue(s, to, from, who, v)
	if err == nil && !waited && from == serverSide {
		s.strand.Load().breathe()
	}
	return err
}

// enqueue puts a value where the other end finds it, as the queue's policy says, or sends it there. waited tells whether it has waited for room.
func enqueue[T any](s *session, to *stream[T], from end, who waiter, v T) (waited bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what := &inSend
	if from == clientSide {
		what = &inOpened
	}
	for {
		if err := s.sendable(from); err != nil {
			to.senders.open() // for another one that waits
			return waited, err
		}
		if to.unread && !to.far {
			return waited, nil
		}
		if !to.full() || to.far && to.policy > FullBlock { // of what it drops the receiver alone knows
			break
		}
		switch to.policy {
		case FullReject:
			return waited, NewError(CodeOverrun, fmt.Sprintf("%s: %d values of the session wait to be received already", s.what, to.n), nil)
		case FullDropNewest:
			s.drop(&to.flow)
			return waited, nil
		case FullDropOldest:
			s.drop(&to.flow)
			to.pop()
			continue
		}
		if from == serverSide && !s.strand.Load().holds {
			return waited, NewError(CodeOverrun, fmt.Sprintf("%s: %d values of the session wait to be received already, and its handler alone waits for room: "+
				"others send to a queue that rejects or drops", s.what, to.n), nil)
		}
		waited = true
		if err := s.wait(&to.senders, who, what); err != nil {
			return waited, err
		}
	}
	to.sent = true
	if to.far {
		return waited, sendAcross(s, to, from, who, v)
	}
	to.push(v)
	to.receivers.open()
	if !to.full() {
		to.senders.open()
	}
	return waited, nil
}

// sendAcross sends a value to the other end, in another proc. The mutex is held, and released meanwhile.
func sendAcross[T any](s *session, to *stream[T], from end, who waiter, v T) (err error) {
	to.n++
	to.sending++
	if !to.full() {
		to.senders.open() // for another one that waits
	}
	s.mu.Unlock()
	sent := false
	defer func() { // encoding may panic
		s.mu.Lock()
		if to.sending--; !sent {
			to.n--
			to.senders.open()
			if why := s.sendable(from); why != nil {
				err = why // as for one who waits for the receiver
			}
		}
		if to.sending == 0 && to.closed && from == clientSide {
			s.mu.Unlock()
			_ = s.far.sendEnd() // the loss of the link ends the session anyway
			s.mu.Lock()
		}
	}()
	err = sendFar(s, to, from, who, v)
	sent = err == nil
	return err
}

// drop counts a value that the policy drops. The mutex is held.
func (s *session) drop(f *flow) {
	f.lost++
	s.proc.countDrop(CodeOverrun)
}

// receiveValue takes a value that has come one way.
func receiveValue[T any](s *session, from *stream[T], at end, who waiter) (v T, err error) {
	s.mu.Lock()
	from.began = true
	what := &inRecv
	if at == clientSide {
		what = &inOpened
	} else if who.until != nil {
		what = &inUntil
	}
	waited := false
	for {
		if err = s.receivable(at, true); err != nil {
			break
		}
		if from.n > 0 {
			v, err = from.pop()
			if err != nil {
				err = s.untyped(at, err)
			}
			break
		}
		if err = s.receivable(at, false); err != nil {
			break
		}
		waited = true
		if err = s.wait(&from.receivers, who, what); err != nil {
			break
		}
	}
	room := from.room()
	from.senders.open()
	from.receivers.open() // for another one that waits
	s.mu.Unlock()
	if room > 0 {
		s.far.sendRoom(at, room)
	}
	if st := s.strand.Load(); err == nil && !waited && at == serverSide {
		st.breathe()
	}
	return v, err
}

// untyped is told a value of the wrong type: it ends the session, unless this end tolerates it. The mutex is held.
func (s *session) untyped(at end, err error) error {
	if s.tolerant[at] || s.canceled != nil || s.over {
		return err
	}
	me := s.client
	if at == serverSide {
		me = s.server
	}
	s.mu.Unlock()
	s.cancelBy(at, me, err)
	s.mu.Lock()
	return err
}

// arrive takes a value that has come from another proc. It is an error of the peer to send more than there is room for.
func arrive[T any](s *session, to *stream[T], payload []byte) error {
	v, err := to.codec.decode(payload, s.proc)
	s.mu.Lock()
	if to.unread {
		to.taken++
		room := to.room()
		s.mu.Unlock()
		if room > 0 {
			s.far.sendRoom(clientSide, room)
		}
		return nil
	}
	defer s.mu.Unlock()
	if to.full() {
		switch to.policy {
		case FullDropNewest:
			s.drop(&to.flow)
			return nil
		case FullDropOldest:
			s.drop(&to.flow)
			to.pop()
		default:
			return fmt.Errorf("a session's value that there is no room for: %d wait", to.n)
		}
	}
	to.sent = true
	if err != nil {
		to.pushBad(s.errValue("a value of the session", payload, err))
	} else {
		to.push(v)
	}
	to.receivers.open()
	return nil
}

// discard drops what waits for the client, and what comes, if nobody has received any of it. The mutex is held. It returns for how many values the
// sender is to be told of room.
func (s *session) discard() (room int) {
	if s.out.began || s.out.unread {
		return 0
	}
	return s.unread(s.out)
}

// unread drops what waits, and what comes. The mutex is held.
func (s *session) unread(f *flow) (room int) {
	f.unread = true
	s.values.clear(f)
	f.senders.open()
	f.receivers.open()
	if room = f.taken; !f.fromFar {
		room = 0
	}
	f.taken = 0
	return room
}

// await waits until the handler has returned, and returns its error.
func (s *session) await(ctx context.Context) error {
	who := asClient(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.over {
		if err := s.wait(&s.end, who, &inResult); err != nil {
			s.end.open()
			return err
		}
	}
	s.end.open() // for another one that waits
	return s.err
}

// closeSend tells the handler that nothing more comes. To one in another proc the last of those tells it that are sending a value just now.
func (s *session) closeSend() error {
	s.mu.Lock()
	if s.over || s.in.closed || s.canceled != nil {
		s.in.closed = true
		s.mu.Unlock()
		return nil
	}
	s.in.closed = true
	s.in.receivers.open()
	s.in.senders.open()
	tell := s.in.far && s.in.sending == 0
	s.mu.Unlock()
	if tell {
		return s.far.sendEnd()
	}
	return nil
}

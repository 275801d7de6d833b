package actor

import "fmt"

// A SessionState is where a session is, seen from one of its ends.
type SessionState uint8

// The states of a session.
const (
	SessionNone        SessionState = iota // no session
	SessionOpening                         // the handler has not opened it
	SessionOpen                            // it has; no value has been sent
	SessionStreaming                       // values have been sent
	SessionDrained                         // the client sends and receives no more, and the handler has not returned
	SessionReturned                        // the handler has returned a result
	SessionFailed                          // it has returned an error, or its actor has failed
	SessionSelfCancel                      // this end has canceled
	SessionPeerCancel                      // the other end has canceled
	SessionActorClosed                     // the actor has stopped
)

var sessionStates = [...]string{"none", "opening", "open", "streaming", "streaming finished", "result returned", "failed", "canceled by this end",
	"canceled by the other end", "actor stopped"}

// String returns the state in words.
func (s SessionState) String() string {
	if int(s) < len(sessionStates) {
		return sessionStates[s]
	}
	return fmt.Sprintf("session state %d", uint8(s))
}

// state returns the state as one end sees it. That of nil is SessionNone.
func (s *session) state(at end) SessionState {
	if s == nil {
		return SessionNone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.canceled != nil && (!s.over || s.err == error(s.canceled)):
		if s.canceler == at {
			return SessionSelfCancel
		}
		return SessionPeerCancel
	case s.over && isCanceled(s.err) != nil:
		return SessionPeerCancel
	case s.over && s.err == nil:
		return SessionReturned
	case s.over && CodeOf(s.err) == CodeStopped:
		return SessionActorClosed
	case s.over:
		return SessionFailed
	case !s.opened:
		return SessionOpening
	case s.in.closed && s.out.unread:
		return SessionDrained
	case s.in.sent || s.out.sent:
		return SessionStreaming
	}
	return SessionOpen
}

package actor

import "fmt"

// sessionQueue is how many values of a session may wait in each direction, unless set otherwise.
const sessionQueue = 64

// maxSessionQueue bounds what can be set.
const maxSessionQueue = 1 << 16

// A flow is one direction of a session, apart from its type. The session's mutex guards it.
//
// At the receiver n counts the values that wait. At a sender whose receiver is in another proc it counts those that were sent, and that the receiver
// has not told to have taken.
type flow struct {
	limit   int
	n       int
	taken   int  // since the sender in another proc was told of room
	sending int  // on their way to the link
	far     bool // the receiver is in another proc
	fromFar bool // the sender is
	closed  bool // the client sends no more
	unread  bool // nobody wants what comes
	began   bool // somebody has received, or has tried to
	sent    bool // a value has gone this way
	policy  FullPolicy
	lost    uint64 // values that the policy has dropped

	senders, receivers gate
}

// A stream is a flow with its values.
type stream[T any] struct {
	flow
	ring  []T // its length is a power of two
	head  int
	first uint64           // the number of the value at head
	bad   map[uint64]error // what came in place of a value, by its number
	codec *GenCodec[T]
}

// full tells whether a sender has to wait, or the policy to decide.
func (f *flow) full() bool { return f.n >= f.limit }

// push adds a value.
func (s *stream[T]) push(v T) {
	if s.n == len(s.ring) {
		larger := make([]T, max(4, 2*len(s.ring)))
		for i := range s.n {
			larger[i] = s.ring[(s.head+i)&(len(s.ring)-1)]
		}
		s.ring, s.head = larger, 0
	}
	s.ring[(s.head+s.n)&(len(s.ring)-1)] = v
	s.n++
}

// pushBad adds what came in place of a value.
func (s *stream[T]) pushBad(err error) {
	if s.bad == nil {
		s.bad = make(map[uint64]error)
	}
	s.bad[s.first+uint64(s.n)] = err
	var zero T
	s.push(zero)
}

// pop takes the oldest value, or what came in its place.
func (s *stream[T]) pop() (v T, err error) {
	at := &s.ring[s.head]
	var zero T
	v, *at = *at, zero
	s.head = (s.head + 1) & (len(s.ring) - 1)
	s.n--
	if s.fromFar {
		s.taken++
	}
	if s.bad != nil {
		if err = s.bad[s.first]; err != nil {
			delete(s.bad, s.first)
		}
	}
	s.first++
	return v, err
}

// clear drops all values that wait.
func (s *stream[T]) clear() {
	for s.n > 0 {
		s.pop()
	}
}

// room returns how many values the sender in another proc is to be told were taken: none yet, or at least half of what may wait.
func (f *flow) room() (taken int) {
	if f.fromFar && f.taken >= max(1, f.limit/2) {
		taken, f.taken = f.taken, 0
	}
	return taken
}

// set sets the limit and the policy.
func (f *flow) set(what string, limit int, policy FullPolicy) error {
	if limit < 1 || limit > maxSessionQueue || policy > FullDropOldest {
		return NewError(CodeMisuse, fmt.Sprintf("%s: a session's queue of %d values with policy %d: 1 to %d may wait, and the policies are those of OnFull",
			what, limit, policy, maxSessionQueue), nil)
	}
	f.limit, f.policy = limit, policy
	return nil
}

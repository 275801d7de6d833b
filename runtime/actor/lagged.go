package actor

import (
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// Lagged tells the reader of a Fanout that it was too slow. errors.As finds it in other procs, too.
type Lagged struct {
	Lost uint64 // how many values were lost to this reader since the last one that it received
}

// Error says how many.
func (l *Lagged) Error() string {
	return fmt.Sprintf("the reader is too slow: %d values were lost to it", l.Lost)
}

// ActorErrorID is the name under which a Lagged travels.
func (*Lagged) ActorErrorID() string { return "github.com/actorgen/actorgen/runtime/actor.Lagged" }

// MarshalMsg appends the number.
func (l *Lagged) MarshalMsg(b []byte) ([]byte, error) { return msgp.AppendUint64(b, l.Lost), nil }

// UnmarshalMsg reads it.
func (l *Lagged) UnmarshalMsg(b []byte) (rest []byte, err error) {
	l.Lost, rest, err = msgp.ReadUint64Bytes(b)
	return rest, err
}

package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
	"unsafe"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A message begins with its kind, a byte of flags for the optional fields, and the fields that the kind and the flags
// announce, in the order of appendEnvelope. Numbers are uvarints, ids of handlers and schemas eight bytes, strings and
// lists have a length before them. What follows is the payload.
const (
	flagToName = 1 << iota
	flagFrom
	flagSchema
	flagRemaining
	flagChain
	flagHeaders
	flagsAll = 1<<iota - 1
)

// Kinds of messages that concern the link alone. They have neither flags nor payload.
const (
	kindProbe actor.MessageKind = 0xf0 + iota // asks for anything back, at once
	kindBye                                   // the sender's proc has shut down
)

// Limits of an envelope's parts.
const (
	maxToName = 4 << 10
	maxHeader = 4 << 10 // of a key, and of a value
	maxCount  = 64      // of headers
	maxChain  = 1 << 10
)

// Messages have a call's number but for casts and what comes back of them, and a handler's id if they are one of these or a call.
func hasCall(k actor.MessageKind) bool { return k != actor.MessageCast && k != actor.MessageReturn }

func hasHandler(k actor.MessageKind) bool { return !hasCall(k) || k == actor.MessageCall }

// checkEnvelope finds what would not be accepted by the other side.
func checkEnvelope(env *actor.Envelope) error {
	switch {
	case len(env.ToName) > maxToName:
		return tooLarge("the actor's name has %d bytes, and the limit is %d", len(env.ToName), maxToName)
	case len(env.Chain) > maxChain:
		return tooLarge("%d actors wait for this call, and the limit is %d", len(env.Chain), maxChain)
	case len(env.Headers) > maxCount:
		return tooLarge("the message has %d headers, and the limit is %d", len(env.Headers), maxCount)
	}
	for _, h := range env.Headers {
		if len(h.Key) > maxHeader || len(h.Value) > maxHeader {
			return tooLarge("header %.40q has a key of %d and a value of %d bytes, and the limit is %d each",
				h.Key, len(h.Key), len(h.Value), maxHeader)
		}
	}
	return nil
}

func tooLarge(format string, args ...any) error {
	return actor.NewError(actor.CodeTooLarge, "sending to another proc: "+fmt.Sprintf(format, args...), nil)
}

// appendEnvelope appends env, which checkEnvelope has passed. The schema travels if withSchema says so.
func appendEnvelope(b []byte, env *actor.Envelope, withSchema bool) []byte {
	at := len(b) + 1
	b = append(b, byte(env.Kind), 0)
	var flags byte
	if hasCall(env.Kind) {
		b = binary.AppendUvarint(b, env.Call)
	}
	if !hasHandler(env.Kind) {
		return b
	}
	if env.To == 0 && env.ToName != "" {
		flags |= flagToName
		b = appendString(b, env.ToName)
	} else {
		b = binary.AppendUvarint(b, env.To)
	}
	b = binary.LittleEndian.AppendUint64(b, env.Handler)
	if env.From != 0 {
		flags |= flagFrom
		b = binary.AppendUvarint(b, env.From)
	}
	if withSchema && env.Schema != 0 {
		flags |= flagSchema
		b = binary.LittleEndian.AppendUint64(b, env.Schema)
	}
	if env.Remaining != 0 {
		flags |= flagRemaining
		b = binary.AppendUvarint(b, uint64(max(env.Remaining, 1))) // past is as good as now
	}
	if len(env.Chain) > 0 {
		flags |= flagChain
		b = binary.AppendUvarint(b, uint64(len(env.Chain)))
		for i := range env.Chain {
			b = append(b, env.Chain[i].Proc[:]...)
			b = binary.AppendUvarint(b, env.Chain[i].Serial)
		}
	}
	if len(env.Headers) > 0 {
		flags |= flagHeaders
		b = binary.AppendUvarint(b, uint64(len(env.Headers)))
		for i := range env.Headers {
			b = appendString(b, env.Headers[i].Key)
			b = appendString(b, env.Headers[i].Value)
		}
	}
	b[at] = flags
	return b
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// Reasons to refuse an envelope.
var (
	errCut    = errors.New("an envelope that is cut short")
	errKind   = errors.New("a message of unknown kind")
	errFlags  = errors.New("flags that do not fit the message's kind")
	errNumber = errors.New("a number out of range")
	errLength = errors.New("a length over the limit")
)

// readEnvelope sets env to the envelope at the start of msg, and returns the payload. Both env.ToName and the payload
// share msg's memory; chain and headers are copies.
func readEnvelope(msg []byte, env *actor.Envelope) ([]byte, error) {
	reset(env)
	if len(msg) < 2 {
		return nil, errCut
	}
	kind, flags := actor.MessageKind(msg[0]), msg[1]
	r := reader{b: msg[2:]}
	env.Kind = kind
	switch kind {
	case actor.MessageCast, actor.MessageReturn:
		if flags&^(flagToName|flagFrom|flagSchema|flagHeaders) != 0 {
			return nil, errFlags
		}
	case actor.MessageCall:
		if flags&^flagsAll != 0 {
			return nil, errFlags
		}
	default:
		if kind == 0 || kind > actor.MessageOutRoom {
			return nil, errKind
		}
		if flags != 0 {
			return nil, errFlags
		}
	}
	if hasCall(kind) {
		if env.Call = r.uvarint(); env.Call == 0 && r.err == nil {
			return nil, errNumber
		}
		if kind != actor.MessageCall {
			return r.b, r.err
		}
	}
	if flags&flagToName != 0 {
		name := r.bytes(maxToName)
		if len(name) == 0 && r.err == nil {
			return nil, errLength
		}
		env.ToName = unsafe.String(unsafe.SliceData(name), len(name))
	} else if env.To = r.uvarint(); env.To == 0 && r.err == nil && kind != actor.MessageReturn {
		return nil, errNumber // a cast that comes back may have gone to a name
	}
	env.Handler = r.fixed()
	if flags&flagFrom != 0 {
		env.From = r.uvarint()
	}
	if flags&flagSchema != 0 {
		env.Schema = r.fixed()
	}
	if flags&flagRemaining != 0 {
		d := r.uvarint()
		if (d == 0 || d > math.MaxInt64) && r.err == nil {
			return nil, errNumber
		}
		env.Remaining = time.Duration(d)
	}
	if flags&flagChain != 0 {
		env.Chain = r.chain()
	}
	if flags&flagHeaders != 0 {
		env.Headers = r.headers()
	}
	return r.b, r.err
}

// reset makes env empty. Most envelopes have few of the fields, and a pointer that is nil already is better left alone while
// the collector is at work.
func reset(env *actor.Envelope) {
	env.Call, env.To, env.From, env.Handler, env.Schema, env.Remaining = 0, 0, 0, 0, 0, 0
	if env.ToName != "" {
		env.ToName = ""
	}
	if env.Chain != nil {
		env.Chain = nil
	}
	if env.Headers != nil {
		env.Headers = nil
	}
}

// A reader takes the parts of an envelope from b. After the first error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.b = nil
}

func (r *reader) uvarint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		v := uint64(r.b[0])
		r.b = r.b[1:]
		return v
	}
	v, n := binary.Uvarint(r.b)
	switch {
	case n > 0:
		r.b = r.b[n:]
		return v
	case n == 0:
		r.fail(errCut)
	default:
		r.fail(errNumber)
	}
	return 0
}

func (r *reader) fixed() uint64 {
	if len(r.b) < 8 {
		r.fail(errCut)
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// bytes returns a part with a length before it, in place.
func (r *reader) bytes(limit uint64) []byte {
	n := r.uvarint()
	if n > limit {
		r.fail(errLength)
		return nil
	}
	if n > uint64(len(r.b)) {
		r.fail(errCut)
		return nil
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) id() (u actor.UUID) {
	if len(r.b) < len(u) {
		r.fail(errCut)
		return u
	}
	copy(u[:], r.b)
	r.b = r.b[len(u):]
	return u
}

// count returns the length of a list whose elements take at least size bytes each.
func (r *reader) count(limit, size uint64) int {
	n := r.uvarint()
	switch {
	case n > limit:
		r.fail(errLength)
	case n == 0 && r.err == nil:
		r.fail(errNumber)
	case n*size > uint64(len(r.b)):
		r.fail(errCut)
	default:
		return int(n)
	}
	return 0
}

func (r *reader) chain() []actor.ID {
	n := r.count(maxChain, uint64(len(actor.UUID{}))+1)
	if n == 0 {
		return nil
	}
	chain := make([]actor.ID, n)
	for i := range chain {
		chain[i].Proc = r.id()
		chain[i].Serial = r.uvarint()
	}
	return chain
}

func (r *reader) headers() []actor.Header {
	n := r.count(maxCount, 2)
	if n == 0 {
		return nil
	}
	headers := make([]actor.Header, n)
	for i := range headers {
		headers[i].Key = string(r.bytes(maxHeader))
		headers[i].Value = string(r.bytes(maxHeader))
	}
	return headers
}

package actor

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/tinylib/msgp/msgp"
)

// The limits of an error on the wire: what is longer is cut, so that an error never fails to travel.
const (
	maxErrorText    = 16 << 10
	maxErrorName    = 1 << 10
	maxErrorStack   = 64 << 10
	maxErrorPath    = 16
	maxErrorDetails = 64
	maxErrorPayload = 256 << 10 // of all values together
)

// errorVars are the annotated error variables that a proc knows, by name: those of the kinds it has met.
type errorVars struct {
	mu    sync.RWMutex
	byID  map[string]error
	known []GenErrorVar
}

func (v *errorVars) learn(vars []GenErrorVar) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.byID == nil {
		v.byID = make(map[string]error)
	}
	for _, one := range vars {
		if one.Err == nil || v.byID[one.ID] != nil || !reflect.TypeOf(one.Err).Comparable() {
			continue
		}
		v.byID[one.ID] = one.Err
		v.known = append(v.known, one)
	}
}

func (v *errorVars) named(id string) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.byID[id]
}

func (v *errorVars) all() []GenErrorVar {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.known[:len(v.known):len(v.known)]
}

// sendError sends err over the link. One that exceeds the link's frame goes without its stack and values, so that whoever waits
// learns of it.
func (pe *Peer) sendError(env *Envelope, err error, origin string) {
	e := travelling(err, origin, pe.proc.name, &pe.proc.errorVars)
	for _, fit := range []func(*Error) *Error{(*Error).whole, (*Error).inShort} {
		b, err := pe.link.Begin(context.Background(), env)
		if err != nil {
			return // the link is gone, and with it whoever could be told
		}
		if pe.link.Commit(appendError(b, fit(e))) == nil {
			return
		}
	}
}

func (e *Error) whole() *Error { return e }

// inShort returns what fits the smallest frame.
func (e *Error) inShort() *Error {
	const name = 250
	short := &Error{Code: e.Code, Text: shorten(e.Text, 4*name), Type: shorten(e.Type, name), Origin: shorten(e.Origin, name)}
	for i, p := range e.Path {
		if i == 0 || i == len(e.Path)-1 {
			short.Path = append(short.Path, shorten(p, name))
		}
	}
	return short
}

// appendError encodes e: an array that later versions may append to.
func appendError(b []byte, e *Error) []byte {
	b = msgp.AppendArrayHeader(b, 8)
	b = msgp.AppendUint8(b, uint8(e.Code))
	b = msgp.AppendString(b, shorten(e.Text, maxErrorText))
	b = msgp.AppendString(b, shorten(e.Type, maxErrorName))
	b = msgp.AppendString(b, shorten(e.Origin, maxErrorName))
	b = msgp.AppendString(b, cutMiddle(e.Stack, maxErrorStack))
	path := shortPath(e.Path)
	b = msgp.AppendArrayHeader(b, uint32(len(path)))
	for _, p := range path {
		b = msgp.AppendString(b, shorten(p, maxErrorName))
	}
	details := e.details[:min(len(e.details), maxErrorDetails)]
	b = msgp.AppendArrayHeader(b, uint32(2*len(details)))
	for _, d := range details {
		b = msgp.AppendString(b, shorten(d.id, maxErrorName))
		if d.raw == nil {
			b = msgp.AppendNil(b)
		} else {
			b = msgp.AppendBytes(b, d.raw)
		}
	}
	return msgp.AppendString(b, shorten(e.StackProc, maxErrorName))
}

// shortPath leaves out the procs behind the first if there are too many.
func shortPath(path []string) []string {
	if len(path) <= maxErrorPath {
		return path
	}
	return append([]string{path[0], "…"}, path[len(path)-maxErrorPath+2:]...)
}

// cutMiddle cuts lines out of the middle of a text that is longer than limit, and says there how much is left out.
func cutMiddle(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	half := (limit - 60) / 2 // 60 for the note
	head, tail := s[:half], s[len(s)-half:]
	if i := strings.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	if i := strings.IndexByte(tail, '\n'); i >= 0 {
		tail = tail[i+1:]
	}
	note := fmt.Sprintf("\n… %d of %d bytes are left out …\n", len(s)-len(head)-len(tail), len(s))
	return strings.ToValidUTF8(head, "") + note + strings.ToValidUTF8(tail, "")
}

// readError decodes what appendError wrote. It shares no memory with b.
func readError(b []byte, vars *errorVars) (*Error, error) {
	e := &Error{vars: vars, decoded: new(decodedErrors)}
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	fields := n
	if err == nil && n < 7 {
		err = fmt.Errorf("array of %d", n)
	}
	var code uint8
	if err == nil {
		code, b, err = msgp.ReadUint8Bytes(b)
	}
	if e.Code = Code(code); int(code) >= len(codeNames) {
		e.Code = CodeHandler // of a later version, or of somebody hostile
	}
	for _, s := range []*string{&e.Text, &e.Type, &e.Origin, &e.Stack} {
		if err == nil {
			*s, b, err = msgp.ReadStringBytes(b)
		}
	}
	if err == nil {
		n, b, err = msgp.ReadArrayHeaderBytes(b)
	}
	if err == nil && n > maxErrorPath {
		err = fmt.Errorf("path of %d procs", n)
	}
	for i := uint32(0); i < n && err == nil; i++ {
		var p string
		p, b, err = msgp.ReadStringBytes(b)
		e.Path = append(e.Path, p)
	}
	if err == nil {
		n, b, err = msgp.ReadArrayHeaderBytes(b)
	}
	if err == nil && n > 2*maxErrorDetails {
		err = fmt.Errorf("%d details", n)
	}
	for i := uint32(0); i+1 < n && err == nil; i += 2 {
		var d errorDetail
		d.id, b, err = msgp.ReadStringBytes(b)
		if err == nil && msgp.IsNil(b) {
			b, err = msgp.ReadNilBytes(b)
		} else if err == nil {
			d.raw, b, err = msgp.ReadBytesBytes(b, nil)
		}
		e.details = append(e.details, d)
	}
	if fields > 7 && err == nil {
		e.StackProc, _, err = msgp.ReadStringBytes(b)
	}
	if err != nil {
		return nil, fmt.Errorf("reading an error from another proc: %w", err)
	}
	return e, nil
}

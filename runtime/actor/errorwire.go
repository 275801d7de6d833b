package actor

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/tinylib/msgp/msgp"
)

// The names under which context's errors travel.
const (
	idCanceled = "context.Canceled"
	idDeadline = "context.DeadlineExceeded"
)

// The limits of an error on the wire: what is longer is cut, so that an error never fails to travel.
const (
	maxErrorText    = 16 << 10
	maxErrorStack   = 64 << 10
	maxErrorPath    = 16
	maxErrorDetails = 16
	maxErrorPayload = 256 << 10
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

// travelling makes of err what crosses to another proc. origin is told if the error arose in this proc.
func travelling(err error, origin, proc string, vars *errorVars) *Error {
	out := &Error{Code: CodeHandler, Text: err.Error(), Type: typeName(err), Origin: origin}
	if code := CodeOf(err); code != CodeUnknown {
		out.Code = code
	}
	collect(out, err, vars.all())
	out.Path = append(out.Path, proc)
	return out
}

// collect gathers from err's tree what Is and As find again on the other side.
func collect(out *Error, err error, vars []GenErrorVar) {
	if err == nil {
		return
	}
	if e, ok := err.(*Error); ok {
		if e.Origin != "" {
			out.Origin, out.Type = e.Origin, e.Type
		}
		if e.Stack != "" {
			out.Stack = e.Stack
		}
		if len(e.Path) > 0 {
			// The path is shown apart from the text: what Error() appended for it is taken off again.
			out.Path = slices.Clone(e.Path)
			if err.Error() == out.Text {
				out.Text = e.Text
			}
		}
		out.details = append(out.details, e.details...)
	}
	if a, ok := err.(annotated); ok {
		if m, ok := err.(marshaler); ok && !isNilPointer(err) {
			if raw, mErr := m.MarshalMsg(nil); mErr == nil && len(raw) <= maxErrorPayload {
				out.details = append(out.details, errorDetail{id: a.ActorErrorID(), raw: raw})
			}
		}
	}
	switch err {
	case context.Canceled:
		out.details = append(out.details, errorDetail{id: idCanceled})
	case context.DeadlineExceeded:
		out.details = append(out.details, errorDetail{id: idDeadline})
	}
	if reflect.TypeOf(err).Comparable() {
		for _, v := range vars {
			if v.Err == err {
				out.details = append(out.details, errorDetail{id: v.ID})
			}
		}
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		collect(out, u.Unwrap(), vars)
	case interface{ Unwrap() []error }:
		for _, one := range u.Unwrap() {
			collect(out, one, vars)
		}
	}
}

func isNilPointer(err error) bool {
	v := reflect.ValueOf(err)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// typeName is the Go type of the innermost interesting error: annotated if there is one.
func typeName(err error) string {
	var a annotated
	if errors.As(err, &a) {
		return fmt.Sprintf("%T", a)
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Type
	}
	return fmt.Sprintf("%T", err)
}

// appendError encodes e: an array that later versions may append to.
func appendError(b []byte, e *Error) []byte {
	b = msgp.AppendArrayHeader(b, 7)
	b = msgp.AppendUint8(b, uint8(e.Code))
	b = msgp.AppendString(b, cut(e.Text, maxErrorText))
	b = msgp.AppendString(b, cut(e.Type, 1<<10))
	b = msgp.AppendString(b, cut(e.Origin, 1<<10))
	b = msgp.AppendString(b, cut(e.Stack, maxErrorStack))
	path := e.Path[max(0, len(e.Path)-maxErrorPath):]
	b = msgp.AppendArrayHeader(b, uint32(len(path)))
	for _, p := range path {
		b = msgp.AppendString(b, cut(p, 1<<10))
	}
	details := e.details[:min(len(e.details), maxErrorDetails)]
	b = msgp.AppendArrayHeader(b, uint32(2*len(details)))
	for _, d := range details {
		b = msgp.AppendString(b, cut(d.id, 1<<10))
		if d.raw == nil {
			b = msgp.AppendNil(b)
		} else {
			b = msgp.AppendBytes(b, d.raw)
		}
	}
	return b
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// readError decodes what appendError wrote. It shares no memory with b.
func readError(b []byte, vars *errorVars) (*Error, error) {
	e := &Error{vars: vars}
	n, b, err := msgp.ReadArrayHeaderBytes(b)
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
	if err != nil {
		return nil, fmt.Errorf("reading an error from another proc: %w", err)
	}
	return e, nil
}

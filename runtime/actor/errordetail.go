package actor

import (
	"context"
	"errors"
	"io/fs"
	"reflect"
	"strconv"
	"sync"
)

// An errorDetail is what Is or As find of an error that travelled: a type's encoded value, or the name of a variable or code.
type errorDetail struct {
	id  string
	raw []byte // nil for a name
}

// knownErrors travel by name, as the variables of users do. io.EOF is not one: what failed elsewhere must not look like the end
// of a stream here.
var knownErrors = [...]struct {
	id  string
	err error
}{
	{"fs.ErrNotExist", fs.ErrNotExist},
	{"fs.ErrExist", fs.ErrExist},
	{"fs.ErrPermission", fs.ErrPermission},
}

// codeID is the name under which a code travels that is not the error's own, as in errors.Join(ErrStopped, ErrNotFound).
func codeID(c Code) string { return "actor.Code." + strconv.Itoa(int(c)) }

// annotated is what generated code gives to an error type under //actor:error.
type annotated interface {
	error
	ActorErrorID() string
}

type unmarshaler interface {
	UnmarshalMsg([]byte) ([]byte, error)
}

type marshaler interface {
	MarshalMsg([]byte) ([]byte, error)
}

// collect gathers from err's tree what Is and As find again on the other side.
func (e *Error) collect(err error, vars []GenErrorVar) {
	for _, known := range knownErrors {
		if errors.Is(err, known.err) { // which asks the errors of the operating system, too
			e.addName(known.id)
		}
	}
	room := maxErrorPayload
	for err := range errorTree(err) {
		if a, ok := err.(annotated); ok {
			if m, ok := err.(marshaler); ok && !isNilPointer(err) {
				if raw, mErr := m.MarshalMsg(nil); mErr == nil {
					e.addValue(a.ActorErrorID(), raw, &room)
				}
			}
		}
		switch err {
		case context.Canceled:
			e.addCode(CodeCanceled)
		case context.DeadlineExceeded:
			e.addCode(CodeDeadline)
		}
		if crossed, ok := err.(*Error); ok {
			e.addCode(crossed.Code)
			for _, d := range crossed.details {
				if d.raw == nil {
					e.addName(d.id)
				} else {
					e.addValue(d.id, d.raw, &room)
				}
			}
			continue
		}
		if reflect.TypeOf(err).Comparable() {
			for _, v := range vars {
				if v.Err == err {
					e.addName(v.ID)
				}
			}
		}
	}
}

func (e *Error) addCode(c Code) {
	if c != e.Code && c != CodeUnknown && c != CodeHandler {
		e.addName(codeID(c))
	}
}

func (e *Error) addName(id string) {
	if !e.has(id) {
		e.details = append(e.details, errorDetail{id: id})
	}
}

// addValue adds an encoded value if there is room for it.
func (e *Error) addValue(id string, raw []byte, room *int) {
	if len(raw) <= *room {
		*room -= len(raw)
		e.details = append(e.details, errorDetail{id: id, raw: raw})
	}
}

func (e *Error) has(name string) bool {
	for _, d := range e.details {
		if d.id == name && d.raw == nil {
			return true
		}
	}
	return false
}

func (e *Error) hasCode(c Code) bool { return e.Code == c || len(e.details) > 0 && e.has(codeID(c)) }

func isNilPointer(err error) bool {
	v := reflect.ValueOf(err)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// decodedErrors are the values that As has made of an error's details: whoever asks again gets the same.
type decodedErrors struct {
	mu   sync.Mutex
	made map[reflect.Type]reflect.Value
}

// As sets target to the annotated error that travelled in e, if target's type is that error's. The value is decoded by the first
// who asks for it.
func (e *Error) As(target any) bool {
	if len(e.details) == 0 {
		return false
	}
	out := reflect.ValueOf(target).Elem() // errors.As has checked that target is a non-nil pointer
	typ := out.Type()
	if e.decoded != nil {
		e.decoded.mu.Lock()
		defer e.decoded.mu.Unlock()
		if v, ok := e.decoded.made[typ]; ok {
			out.Set(v)
			return true
		}
	}
	v, ok := e.decode(typ)
	if !ok {
		return false
	}
	out.Set(v)
	if e.decoded != nil {
		if e.decoded.made == nil {
			e.decoded.made = make(map[reflect.Type]reflect.Value)
		}
		e.decoded.made[typ] = v
	}
	return true
}

// decode makes the first detail of that type.
func (e *Error) decode(typ reflect.Type) (v reflect.Value, ok bool) {
	made := reflect.New(typ) // a pointer to the error's struct
	if typ.Kind() == reflect.Pointer {
		made = reflect.New(typ.Elem())
	}
	named, ok := made.Interface().(annotated)
	if !ok {
		return v, false
	}
	decoder, ok := made.Interface().(unmarshaler)
	if !ok {
		return v, false
	}
	for _, d := range e.details {
		if d.raw == nil || d.id != named.ActorErrorID() {
			continue
		}
		if _, err := decoder.UnmarshalMsg(d.raw); err != nil {
			return v, false
		}
		if typ.Kind() == reflect.Pointer {
			return made, true
		}
		return made.Elem(), true
	}
	return v, false
}

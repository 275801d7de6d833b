package drive

import (
	"errors"
	"fmt"
	"reflect"
)

// fail has a handler return each of the errors there are.
func (d *driver) fail(a *driven, h Handler) {
	method := a.handle.MethodByName(h.Name)
	defer func() { a.record.err = nil }()
	try := func(err error, found func(error) bool) {
		a.record.err = fmt.Errorf("wrapped: %w", err)
		a.record.result = reflect.Value{}
		out := invoke(method, d.arguments(method.Type()))
		got := last(out)
		if h.Stream {
			_, got = drain(out[0])
		}
		if !found(got) {
			d.Errorf("%s.%s: %T %v came back as %v", a.Name, h.Name, err, err, got)
		}
		<-a.record.calls
	}
	for _, pkg := range d.packages {
		for _, typ := range pkg.Errors {
			value := d.make(typ)
			if typ.Kind() == reflect.Pointer && value.IsNil() {
				value = reflect.New(typ.Elem())
			}
			try(value.Interface().(error), func(got error) bool {
				target := reflect.New(typ)
				return errors.As(got, target.Interface()) && equal(value, target.Elem()) == ""
			})
		}
		for _, err := range pkg.Values {
			try(err, func(got error) bool { return errors.Is(got, err) })
		}
	}
}

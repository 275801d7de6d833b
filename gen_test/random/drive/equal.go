package drive

import (
	"fmt"
	"reflect"

	"github.com/actorgen/actorgen/runtime/actor"
)

// equal tells where two values differ, or nothing. It is the wire's notion: no slice is as good as an empty one, a pointer to
// a nil pointer, or to the ref of nobody, as a nil one, and what cannot be sent does not count.
func equal(want, got reflect.Value) string {
	return differ(addressable(want), addressable(got), "")
}

// addressable returns a copy whose unexported fields can be read.
func addressable(v reflect.Value) reflect.Value {
	if !v.IsValid() || v.CanAddr() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	return out
}

func differ(want, got reflect.Value, path string) string {
	if !want.IsValid() || !got.IsValid() {
		if want.IsValid() != got.IsValid() {
			return fmt.Sprintf("%s: %v and %v", path, want, got)
		}
		return ""
	}
	t := want.Type()
	if t != got.Type() {
		return fmt.Sprintf("%s: a %v and a %v", path, t, got.Type())
	}
	unequal := func() string { return fmt.Sprintf("%s (%v): %#v and %#v", path, t, want, got) }
	if s, ok := specials[t]; ok {
		if s.text(want.Interface()) != s.text(got.Interface()) {
			return unequal()
		}
		return ""
	}
	if t == reflect.TypeFor[actor.GenRef]() { // which has the proc in it
		if !want.Equal(got) {
			return path + ": another ref"
		}
		return ""
	}
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return ""
	case reflect.Pointer:
		if isNothing(want) || isNothing(got) {
			if isNothing(want) != isNothing(got) {
				return unequal()
			}
			return ""
		}
		return differ(want.Elem(), got.Elem(), path+"*")
	case reflect.Interface:
		return differ(addressable(want.Elem()), addressable(got.Elem()), path+"!")
	case reflect.Slice, reflect.Array:
		if want.Len() != got.Len() {
			return unequal()
		}
		for i := range want.Len() {
			if diff := differ(want.Index(i), got.Index(i), fmt.Sprintf("%s[%d]", path, i)); diff != "" {
				return diff
			}
		}
		return ""
	case reflect.Map:
		return differMaps(want, got, path)
	case reflect.Struct:
		for i := range want.NumField() {
			field := t.Field(i)
			if field.Name == "_" || field.Tag.Get("msg") == "-" {
				continue
			}
			if diff := differ(open(want.Field(i)), open(got.Field(i)), path+"."+field.Name); diff != "" {
				return diff
			}
		}
		return ""
	}
	if !want.Equal(got) {
		return unequal()
	}
	return ""
}

func differMaps(want, got reflect.Value, path string) string {
	if want.Len() != got.Len() {
		return fmt.Sprintf("%s: %v and %v", path, want, got)
	}
	for iter := want.MapRange(); iter.Next(); {
		where := fmt.Sprintf("%s[%v]", path, iter.Key())
		elem := got.MapIndex(iter.Key())
		if !elem.IsValid() {
			return where + ": it is not there"
		}
		if diff := differ(addressable(iter.Value()), addressable(elem), where); diff != "" {
			return diff
		}
	}
	return ""
}

// isNothing tells whether the pointer leads to nothing, however long the way.
func isNothing(v reflect.Value) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return true
		}
		v = v.Elem()
	}
	isRef := v.Kind() == reflect.Struct && v.NumField() == 1 && v.Type().Field(0).Type == reflect.TypeFor[actor.GenRef]()
	return v.Kind() == reflect.Interface && v.IsNil() || isRef && v.IsZero()
}

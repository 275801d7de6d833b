package drive

import (
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// How deep random values go, and of how many parts they are: some types have no end.
const (
	maxDepth = 6
	maxParts = 100
)

// A filler makes random values.
type filler struct {
	rng    *rand.Rand
	unions map[reflect.Type][]reflect.Type
	refs   map[reflect.Type]reflect.Value
	left   int // parts that the value may still have
}

// make returns a random value of the type. What no codec would carry stays zero: channels, functions, fields that are left out.
func (f *filler) make(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	f.left = maxParts
	f.fill(v, 0)
	return v
}

func (f *filler) fill(v reflect.Value, depth int) {
	t := v.Type()
	if ref, ok := f.refs[t]; ok {
		v.Set(ref)
		return
	}
	if t == reflect.TypeFor[actor.GenRef]() || isPort(t) {
		return // it would have to name somebody
	}
	if s, ok := specials[t]; ok {
		v.Set(reflect.ValueOf(s.random(f.rng)))
		return
	}
	if f.left--; f.left < 0 || depth > maxDepth {
		return
	}
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(f.rng.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.rng.Uint64() >> f.rng.IntN(64)))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(f.rng.Uint64() >> f.rng.IntN(64))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(f.rng.NormFloat64())
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(f.rng.NormFloat64(), f.rng.NormFloat64()))
	case reflect.String:
		v.SetString(f.text())
	case reflect.Pointer:
		if f.rng.IntN(4) > 0 {
			v.Set(reflect.New(t.Elem()))
			f.fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		if n := f.length(); n > 0 {
			v.Set(reflect.MakeSlice(t, n, n))
			f.elements(v, depth)
		}
	case reflect.Array:
		f.elements(v, depth)
	case reflect.Map:
		f.entries(v, depth)
	case reflect.Struct:
		f.fields(v, depth)
	case reflect.Interface:
		if variants := f.unions[t]; len(variants) > 0 && f.rng.IntN(4) > 0 {
			f.variant(v, variants[f.rng.IntN(len(variants))], depth)
		}
	}
}

// isPort tells whether the type is a port. Those of what was sent and of what arrived are not equal.
func isPort(t reflect.Type) bool {
	return t.PkgPath() == reflect.TypeFor[actor.GenRef]().PkgPath() && strings.HasPrefix(t.Name(), "Port[")
}

func (f *filler) text() string {
	const letters = "abcxyz 0189\x00\nÄ名\"\\"
	runes := make([]rune, f.rng.IntN(40)*f.rng.IntN(2))
	for i := range runes {
		all := []rune(letters)
		runes[i] = all[f.rng.IntN(len(all))]
	}
	return string(runes)
}

// length is that of a slice or map: most are short, and a nil one has its share.
func (f *filler) length() int { return f.rng.IntN(4) * f.rng.IntN(2) }

func (f *filler) elements(v reflect.Value, depth int) {
	for i := range v.Len() {
		f.fill(v.Index(i), depth+1)
	}
}

func (f *filler) entries(v reflect.Value, depth int) {
	n := f.length()
	if n == 0 {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for range n {
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, depth+1)
		f.fill(elem, depth+1)
		v.SetMapIndex(key, elem)
	}
}

func (f *filler) fields(v reflect.Value, depth int) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.Name != "_" && field.Tag.Get("msg") != "-" {
			f.fill(open(v.Field(i)), depth+1)
		}
	}
}

// open is the value, of a field that may not be exported, as if it were.
func open(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

func (f *filler) variant(v reflect.Value, t reflect.Type, depth int) {
	if t.Kind() != reflect.Pointer {
		value := reflect.New(t).Elem()
		f.fill(value, depth+1)
		v.Set(value)
		return
	}
	value := reflect.New(t.Elem())
	f.fill(value.Elem(), depth+1)
	v.Set(value)
}

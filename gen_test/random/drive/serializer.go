package drive

import "reflect"

// A serializer is what is generated for a type that is sent.
type serializer interface {
	MarshalMsg([]byte) ([]byte, error)
	UnmarshalMsg([]byte) ([]byte, error)
}

// serializer tests the serializer of a type, if it has one, with random values, what is left of them when they are cut
// short, and what is not theirs.
func (d *driver) serializer(t reflect.Type) {
	for range rounds {
		want, got := reflect.New(t), reflect.New(t)
		if _, ok := want.Interface().(serializer); !ok {
			return
		}
		want.Elem().Set(d.make(t))
		encoded, err := want.Interface().(serializer).MarshalMsg([]byte("before"))
		if err != nil {
			d.Errorf("encoding a %v: %v", t, err)
			return
		}
		if string(encoded[:6]) != "before" {
			d.Errorf("encoding a %v touched what was before it", t)
		}
		encoded = encoded[6:]
		got.Elem().Set(d.make(t)) // nothing of it may be left
		rest, err := got.Interface().(serializer).UnmarshalMsg(append(encoded[:len(encoded):len(encoded)], "after"...))
		if err != nil || string(rest) != "after" {
			d.Errorf("decoding a %v: %v, and %q is left", t, err, rest)
			return
		}
		if diff := equal(want.Elem(), got.Elem()); diff != "" {
			d.Errorf("decoding a %v: %s", t, diff)
		}
		for n := 0; n < len(encoded); n += 1 + len(encoded)/200 {
			if _, err := reflect.New(t).Interface().(serializer).UnmarshalMsg(encoded[:n:n]); err == nil {
				d.Errorf("%d of %d bytes are a %v", n, len(encoded), t)
				break
			}
		}
		d.hostile(t, encoded)
	}
}

// hostile decodes what may be anything; a panic is what it looks for.
func (d *driver) hostile(t reflect.Type, encoded []byte) {
	for range 30 {
		b := append([]byte(nil), encoded...)
		for range 1 + d.rng.IntN(3) {
			if len(b) > 0 {
				b[d.rng.IntN(len(b))] = byte(d.rng.Uint32())
			}
		}
		_, _ = reflect.New(t).Interface().(serializer).UnmarshalMsg(b)
	}
}

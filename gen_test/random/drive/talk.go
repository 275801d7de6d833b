package drive

import (
	"io"
	"iter"
	"reflect"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A talk is what the actor's end of a session sends, and what it has received; of a stream only that it sends.
type talk struct {
	opening, out reflect.Value
	in           chan any
}

// Talk opens a session and answers whatever comes, unless there is an error already.
func Talk[Open, In, Out any](r *Record, s *actor.SessionServer[Open, In, Out], err error) error {
	if err != nil {
		return err
	}
	var opening Open
	set(&opening, r.opening)
	if err := s.Open(opening); err != nil {
		return err
	}
	for in, err := range s.All() {
		if err != nil {
			return err
		}
		r.in <- in
		var out Out
		set(&out, r.out)
		if err := s.Send(out); err != nil {
			return err
		}
	}
	return nil
}

// Stream has a handler return a stream of one value, or of the error if there is one. The type is not named where a parameter may have the name.
func Stream[T any](to *iter.Seq2[T, error], r *Record, err error) {
	*to = func(yield func(T, error) bool) {
		var out T
		if err == nil {
			set(&out, r.out)
		}
		yield(out, err)
	}
}

// converse opens a session or stream, and compares what arrives at both ends.
func (d *driver) converse(a *driven, h Handler, where string, method reflect.Value, in []reflect.Value) {
	d.Helper()
	r := a.record
	if h.Stream {
		yield := method.Type().Out(0).In(0)
		r.out = d.make(yield.In(0))
		got, err := drain(invoke(method, in)[0])
		if err != nil || len(got) != 1 {
			d.Errorf("%s: %d values, %v", where, len(got), err)
			return
		}
		d.arrived(a, h, where, in[1:])
		d.same(where, "what was yielded", r.out, got[0])
		return
	}
	client := method.Type().Out(0)
	of := func(name string) reflect.Type {
		m, _ := client.MethodByName(name)
		return m.Type
	}
	r.opening, r.out, r.result = d.make(of("Opening").Out(0)), d.make(of("Recv").Out(0)), d.make(of("Result").Out(0))
	r.in = make(chan any, 1)
	opened := invoke(method, in)
	if err := last(opened); err != nil {
		d.Errorf("%s: %v", where, err)
		return
	}
	d.arrived(a, h, where, in[1:])
	ctx, session := reflect.ValueOf(d.ctx), opened[0]
	do := func(name string, args ...reflect.Value) []reflect.Value { return session.MethodByName(name).Call(args) }
	d.same(where, "the opening", r.opening, do("Opening")[0])
	sent := d.make(of("Send").In(2))
	if err := last(do("Send", ctx, sent)); err != nil {
		d.Errorf("%s: sending: %v", where, err)
		return
	}
	out := do("Recv", ctx)
	if err := last(out); err != nil {
		d.Errorf("%s: receiving: %v", where, err)
		return
	}
	d.same(where, "what came out", r.out, out[0])
	d.same(where, "what went in", dynamic(sent), reflect.ValueOf(<-r.in))
	if err := last(do("CloseSend")); err != nil {
		d.Errorf("%s: closing: %v", where, err)
	}
	if err := last(do("Recv", ctx)); err != io.EOF {
		d.Errorf("%s: after the end: %v", where, err)
	}
	ended := do("Result", ctx)
	if err := last(ended); err != nil {
		d.Errorf("%s: the result: %v", where, err)
		return
	}
	d.same(where, "the result", r.result, ended[0])
}

// same compares what was sent with what arrived.
func (d *driver) same(where, what string, want, got reflect.Value) {
	d.Helper()
	if diff := equal(want, got); diff != "" {
		d.Errorf("%s: %s is not what was sent: %s", where, what, diff)
	}
}

// drain reads a stream of whatever type, to its end or its error.
func drain(seq reflect.Value) (values []reflect.Value, err error) {
	yield := seq.Type().In(0)
	seq.Call([]reflect.Value{reflect.MakeFunc(yield, func(in []reflect.Value) []reflect.Value {
		if failed, ok := in[1].Interface().(error); ok {
			err = failed
		} else {
			values = append(values, in[0])
		}
		return []reflect.Value{reflect.ValueOf(true)}
	})})
	return values, err
}

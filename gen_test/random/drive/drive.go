// Package drive calls the actors of random packages with random values, and sees that these arrive and come back. It finds
// its way by reflection, so that it depends on nothing that was generated for them but the names of methods.
package drive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A Package is what a random package tells of itself.
type Package struct {
	Actors   []Actor
	Unions   []Union
	Messages []reflect.Type // those with serializers have them tested
	Errors   []reflect.Type // as handlers return them
	Values   []error        // error variables
}

// An Actor is one actor of the package.
type Actor struct {
	Name     string
	Spawn    func(p *actor.Proc, name string, r *Record) (handle, ref, ports any, err error)
	Handlers []Handler
	Contract func(ref any) (contractRef, ports any) // nil if it implements none
}

// A Handler is one handler of an actor.
type Handler struct {
	Name          string
	Oneway, Local bool
	Promised      bool  // by the contract
	Stream, Talk  bool  // it is a stream, or a session
	Fails         bool  // it returns an error
	Named         []int // the parameters that have a name, so that the handler can tell what it got
}

// A Union is an interface, and the types that it may hold.
type Union struct {
	Type     reflect.Type
	Variants []reflect.Type
}

// A Record is what an actor's handlers note in, and what they take their results from.
type Record struct {
	calls  chan call
	result reflect.Value
	err    error
	talk   // what sessions and streams are of
}

type call struct {
	method string
	args   []any
}

// Call notes a call, and returns the error that the handler is to return.
func (r *Record) Call(method string, args ...any) error {
	r.calls <- call{method, args}
	return r.err
}

// Result is Call for a handler with a result, which it sets.
func (r *Record) Result(method string, result any, args ...any) error {
	r.SetResult(result)
	return r.Call(method, args...)
}

// SetResult sets a result.
func (r *Record) SetResult(result any) { set(result, r.result) }

// set gives what a pointer leads to a value of its type, if it is one.
func set(target any, value reflect.Value) {
	if v := reflect.ValueOf(target).Elem(); value.IsValid() && value.Type() == v.Type() {
		v.Set(value)
	}
}

// rounds is how often each handler is called in each way.
const rounds = 3

// Run drives the packages of one case, in a proc that passes values as they are and in one that sends each through the codec.
func Run(t *testing.T, seed uint64, packages ...Package) {
	for name, opts := range map[string][]actor.ProcOption{"passed": nil, "encoded": {actor.Isolated()}} {
		t.Run(name, func(t *testing.T) {
			p, err := actor.NewProc("random", opts...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { p.Close() })
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			t.Cleanup(cancel)
			d := newDriver(t, ctx, seed, p, packages)
			for i := range d.actors {
				d.drive(&d.actors[i])
			}
		})
	}
	t.Run("serializers", func(t *testing.T) {
		d := newDriver(t, t.Context(), seed, nil, packages)
		for _, pkg := range packages {
			for _, typ := range pkg.Messages {
				d.serializer(typ)
			}
		}
	})
}

// A driver drives the actors of one case in one proc.
type driver struct {
	*testing.T
	filler
	ctx      context.Context
	packages []Package
	actors   []driven
}

// driven is one running actor.
type driven struct {
	Actor
	record              *Record
	handle, ref, ports  reflect.Value
	contract, rolePorts reflect.Value // its ref as the contract's, and the ports of that
}

// newDriver spawns the actors, if there is a proc for them.
func newDriver(t *testing.T, ctx context.Context, seed uint64, p *actor.Proc, packages []Package) *driver {
	d := &driver{T: t, ctx: ctx, packages: packages}
	d.filler = filler{rng: rand.New(rand.NewPCG(seed, 1)), unions: map[reflect.Type][]reflect.Type{}, refs: map[reflect.Type]reflect.Value{}}
	for _, pkg := range packages {
		for _, u := range pkg.Unions {
			d.unions[u.Type] = u.Variants
		}
		if p == nil {
			continue
		}
		for _, a := range pkg.Actors {
			r := &Record{calls: make(chan call, 16)}
			handle, ref, ports, err := a.Spawn(p, "", r)
			if err != nil {
				t.Fatalf("spawning %s: %v", a.Name, err)
			}
			d.refs[reflect.TypeOf(ref)] = reflect.ValueOf(ref)
			one := driven{Actor: a, record: r, handle: reflect.ValueOf(handle), ref: reflect.ValueOf(ref), ports: reflect.ValueOf(ports)}
			if a.Contract != nil {
				role, ports := a.Contract(ref)
				d.refs[reflect.TypeOf(role)] = reflect.ValueOf(role)
				one.contract, one.rolePorts = reflect.ValueOf(role), reflect.ValueOf(ports)
			}
			d.actors = append(d.actors, one)
		}
	}
	return d
}

// drive calls each handler of an actor in each way.
func (d *driver) drive(a *driven) {
	for _, h := range a.Handlers {
		for range rounds {
			d.call(a, h, "handle", a.handle)
			if h.Local {
				continue
			}
			d.call(a, h, "ref", a.ref)
			if h.Oneway {
				d.send(a, h, "port", a.ports)
			}
			if h.Promised {
				d.call(a, h, "contract", a.contract)
			}
			if h.Promised && h.Oneway {
				d.send(a, h, "contract's port", a.rolePorts)
			}
		}
		if h.Fails && !h.Oneway && !h.Local {
			d.fail(a, h)
		}
	}
}

// arguments makes arguments for a method of a handle or ref, whose first parameter is the context.
func (d *driver) arguments(method reflect.Type) []reflect.Value {
	in := []reflect.Value{reflect.ValueOf(d.ctx)}
	for i := 1; i < method.NumIn(); i++ {
		in = append(in, d.make(method.In(i)))
	}
	return in
}

// invoke calls a method with what was given for a variadic parameter as a slice.
func invoke(method reflect.Value, in []reflect.Value) []reflect.Value {
	if method.Type().IsVariadic() {
		return method.CallSlice(in)
	}
	return method.Call(in)
}

// call calls a handler, and compares what it got, and what it returned.
func (d *driver) call(a *driven, h Handler, way string, target reflect.Value) {
	d.Helper()
	where := fmt.Sprintf("%s.%s through its %s", a.Name, h.Name, way)
	method := target.MethodByName(h.Name)
	if !method.IsValid() {
		d.Errorf("%s: there is no such method", where)
		return
	}
	in := d.arguments(method.Type())
	a.record.result = reflect.Value{}
	if h.Talk || h.Stream {
		d.converse(a, h, where, method, in)
		return
	}
	if method.Type().NumOut() == 2 {
		a.record.result = d.make(method.Type().Out(0))
	}
	out := invoke(method, in)
	if err := last(out); err != nil {
		d.Errorf("%s: %v", where, err)
		return
	}
	d.arrived(a, h, where, in[1:])
	if len(out) == 2 {
		if diff := equal(a.record.result, out[0]); diff != "" {
			d.Errorf("%s: what came back is not what was returned: %s", where, diff)
		}
	}
}

// last is the error at the end of results.
func last(out []reflect.Value) error {
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// arrived waits for a call, and compares its arguments.
func (d *driver) arrived(a *driven, h Handler, where string, want []reflect.Value) {
	d.Helper()
	select {
	case got := <-a.record.calls:
		if got.method != h.Name || len(got.args) != len(h.Named) {
			d.Errorf("%s: %s was called with %d arguments", where, got.method, len(got.args))
			return
		}
		for i, index := range h.Named {
			if diff := equal(dynamic(want[index]), reflect.ValueOf(got.args[i])); diff != "" {
				d.Errorf("%s: parameter %d is not what was sent: %s", where, index, diff)
			}
		}
	case <-d.ctx.Done():
		d.Fatalf("%s: it did not arrive", where)
	}
}

// dynamic is what an interface holds.
func dynamic(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

// send sends to a cast's port.
func (d *driver) send(a *driven, h Handler, way string, ports reflect.Value) {
	where := fmt.Sprintf("%s.%s through its %s", a.Name, h.Name, way)
	send := ports.FieldByName(h.Name).MethodByName("Send")
	message := send.Type().In(1)
	var want []reflect.Value
	method := a.handle.MethodByName(h.Name).Type()
	m := d.make(message)
	switch n := method.NumIn() - 1; {
	case n == 1:
		want = []reflect.Value{m}
	case n > 1:
		for i := range n {
			want = append(want, m.Field(i))
		}
	}
	if err := last(send.Call([]reflect.Value{reflect.ValueOf(d.ctx), m})); err != nil {
		d.Errorf("%s: %v", where, err)
		return
	}
	d.arrived(a, h, where, want)
}

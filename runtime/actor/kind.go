package actor

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// What follows in this file, and every other name that begins with Gen, is for generated code.

// The versions of generated code that this runtime works with. A generated file compares itself with both.
const (
	// GenVersion is the newest version of generated code that the runtime knows.
	GenVersion = 1
	// GenOldestVersion is the oldest one that it still works with.
	GenOldestVersion = 1
)

// GenFlags are the properties of a handler.
type GenFlags uint8

// The flags of a handler. None is a call that may come from anywhere.
const (
	GenOneway    GenFlags = 1 << iota // a cast
	GenFramed                         // a cast whose arguments travel in a frame, not in the cell
	GenInline                         // a call that may run on the caller's goroutine
	GenLocal                          // does not cross a wire
	GenTalks                          // a session, or a stream
	GenReentrant                      // gives up the turn for the calls that it makes
)

// GenHandler describes one handler.
type GenHandler struct {
	Name   string
	ID     uint64 // stable, from import path, type and method; 0 for a local handler
	Schema uint64 // of the shape of arguments and result
	Shape  string // the same for people
	Flags  GenFlags
}

// GenErrorVar is an error variable annotated //actor:error.
type GenErrorVar struct {
	ID  string
	Err error
}

// GenFrame is a pooled frame of a call, or of a cast with large arguments.
type GenFrame interface {
	// Recycle keeps nothing of the message and gives the frame back to its pool.
	Recycle()
}

// GenWireFrame is the frame of a handler whose messages cross a wire.
type GenWireFrame interface {
	GenFrame
	GenHead() *GenCall
	AppendArgs([]byte) ([]byte, error)
	DecodeArgs([]byte, *Proc) error
	AppendResult([]byte) ([]byte, error)
	DecodeResult([]byte, *Proc) error
}

// GenKindSpec is what generated code knows about an actor type: S is its behavior, C its work cell.
type GenKindSpec[S, C any] struct {
	Name     string // import path and type, or name=
	Handlers []GenHandler
	Errors   []GenErrorVar
	// Contracts are those that the actors implement; a contract is its own.
	Contracts []GenContract
	// IsContract says that it is a contract, which actors of other kinds implement too.
	IsContract bool
	// Run runs one work cell on the state.
	Run func(state S, ctx *Context, op uint16, cell *C, frame GenFrame) error
	// Args returns what a message carries, for interceptors and reports of undelivered casts.
	Args func(op uint16, cell *C, frame GenFrame) any
	// Append encodes the arguments of a cast that travels in its cell.
	Append func(b []byte, op uint16, cell *C) ([]byte, error)
	// Decode decodes them into the cell, as they reached p.
	Decode func(b []byte, op uint16, cell *C, p *Proc) error
	// Frame makes the frame of a handler that has one and crosses a wire.
	Frame func(op uint16) GenWireFrame
}

// GenKind is what the runtime knows about an actor type.
type GenKind[S, C any] struct {
	kindInfo
	spec    GenKindSpec[S, C]
	guarded func(state S, ctx *Context, op uint16, cell *C, frame GenFrame) error // Run, for actors with interceptors
	blocks  blocks[C]
}

// kindInfo is the part of a kind that does not depend on its types.
type kindInfo struct {
	name        string // "example.com/bank.Account"
	short       string // "bank.Account"
	handlers    []GenHandler
	names       []string // of the handlers: "bank.Account.Deposit"
	contracts   []GenContract
	isContract  bool
	strands     bool // some handlers may give up their turn
	errors      []GenErrorVar
	byID        map[uint64]uint16
	receive     func(c *core, op uint16, in *inbound) error
	castEncoded func(ctx context.Context, c *core, op uint16, args []byte) error
}

// GenNewKind makes a kind of its description. It is called for a package-level variable that nobody changes.
func GenNewKind[S, C any](spec GenKindSpec[S, C]) *GenKind[S, C] {
	k := &GenKind[S, C]{spec: spec}
	k.name = spec.Name
	k.short = spec.Name[strings.LastIndexByte(spec.Name, '/')+1:]
	k.handlers = spec.Handlers
	k.errors = spec.Errors
	k.byID = make(map[uint64]uint16, len(spec.Handlers))
	for op, h := range spec.Handlers {
		k.names = append(k.names, k.short+"."+h.Name)
		k.strands = k.strands || h.Flags&(GenReentrant|GenTalks) != 0
		if h.Flags&GenLocal == 0 {
			k.byID[h.ID] = uint16(op)
		}
	}
	k.contracts, k.isContract = spec.Contracts, spec.IsContract
	for _, contract := range spec.Contracts {
		for _, promise := range contract.promises {
			k.byID[promise.ID] = promise.Op
		}
	}
	k.blocks.size = int64(unsafe.Sizeof(block[C]{}))
	k.receive, k.castEncoded, k.guarded = k.receiveInbound, k.sendEncoded, k.runIntercepted
	return k
}

// what names a handler in errors: "bank.Account.Deposit".
func (k *kindInfo) what(op uint16) string { return k.names[op] }

// label names an actor of the kind by its name, or by its number.
func (k *kindInfo) label(name string, serial uint64) string {
	if name == "" {
		name = "#" + strconv.FormatUint(serial, 10)
	}
	return k.short + " " + name
}

// of returns c as an actor of this kind, or nil.
func (k *GenKind[S, C]) of(c *core) *GenActor[S, C] {
	if c == nil || c.kind() != &k.kindInfo {
		return nil
	}
	a, _ := c.self.(*GenActor[S, C])
	return a
}

// Lookup returns the actor of this kind that has the name in p.
func (k *GenKind[S, C]) Lookup(p *Proc, name string) (*GenActor[S, C], error) {
	c, err := k.named(p, name)
	if err != nil {
		return nil, err
	}
	a := k.of(c)
	if a == nil {
		return nil, k.errKind(c)
	}
	return a, nil
}

// named returns the actor of any kind that has the name in p.
func (k *kindInfo) named(p *Proc, name string) (*core, error) {
	if p == nil {
		return nil, NewError(CodeMisuse, fmt.Sprintf("looking up %s %q: the proc is nil", k.short, name), nil)
	}
	c := p.names.get(name)
	if c == nil {
		return nil, NewError(CodeNotFound, fmt.Sprintf("looking up %s %q: proc %s has no actor of that name", k.short, name, p.name), nil)
	}
	return c, nil
}

// errKind says that c is not of this kind.
func (k *kindInfo) errKind(c *core) error {
	if k.isContract {
		return NewError(CodeKind, fmt.Sprintf("%s does not implement %s: its type's //actor:actor needs implements=%[2]s",
			c.label(), k.short), nil)
	}
	return NewError(CodeKind, fmt.Sprintf("%s is no %s: use the handle or ref of its own kind", c.label(), k.short), nil)
}

// At returns a ref to whoever holds the name in address.
func (k *GenKind[S, C]) At(p *Proc, address string) (GenRef, error) {
	if p == nil {
		return GenRef{}, NewError(CodeMisuse, fmt.Sprintf("%s at %s: the proc is nil", k.short, address), nil)
	}
	proc, name, err := splitAddress(address)
	if err != nil {
		return GenRef{}, err
	}
	if !p.owns(proc) {
		if p.transport == nil {
			return GenRef{}, NewError(CodeAddress, fmt.Sprintf(
				"address %q: proc %s has no transport: start it with remote.Listen or remote.Enable", address, p.name), nil)
		}
		if err := p.transport.Check(proc); err != nil {
			return GenRef{}, NewError(CodeAddress, err.Error(), err)
		}
	}
	p.learn(&k.kindInfo)
	return newRef(p, target{address: proc, name: name}), nil
}

// Self returns the actor of this kind whose handler ctx belongs to, or nil.
func (k *GenKind[S, C]) Self(ctx *Context) *GenActor[S, C] {
	if ctx == nil {
		return nil
	}
	return k.of(ctx.core)
}

// sameState tells whether two incarnations would share a state: build must make a new one each time.
func sameState(a, b any) bool {
	v := reflect.ValueOf(a)
	return v.Kind() == reflect.Pointer && v.Type().Elem().Size() > 0 && a == b
}

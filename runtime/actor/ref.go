package actor

import (
	"fmt"
	"unique"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// A target is whom a ref names: one actor by id, or whoever holds a name at an address.
type target struct {
	id      ID
	address string // of the proc, without the actor's name; may be empty with an id
	name    string // with an address and no id
}

// A GenRef is what a generated ref holds. It is for generated code.
//
// It is comparable: two refs are equal if they name the same target and work from the same proc.
type GenRef struct {
	proc *Proc
	to   unique.Handle[target]
}

func newRef(p *Proc, to target) GenRef { return GenRef{proc: p, to: unique.Make(to)} }

// IsZero tells whether the ref names nobody.
func (r GenRef) IsZero() bool { return r.to == unique.Handle[target]{} }

// String says for people whom the ref names: an address, or for a ref by number the proc's address and the number, or
// the id where the proc has no address. A program that passes an address on uses Handle.Address.
func (r GenRef) String() string {
	if r.IsZero() {
		return "nobody"
	}
	t := r.to.Value()
	if t.id.IsZero() {
		return joinAddress(t.address, t.name)
	}
	if t.address != "" {
		return fmt.Sprintf("%s#%d", t.address, t.id.Serial)
	}
	return t.id.String()
}

// BindRefs makes a decoded ref work from p. A ref that names nobody stays as it is.
func (r *GenRef) BindRefs(p *Proc) {
	if !r.IsZero() {
		r.proc = p
	}
}

// The limits of a ref on the wire, in bytes.
const (
	maxRefAddress = 1 << 10
	maxRefName    = 4 << 10
)

// MarshalMsg appends the ref as an array of proc id, serial, address and name; one that names nobody as an empty array, for nil
// would be a pointer to none.
func (r GenRef) MarshalMsg(b []byte) ([]byte, error) {
	if r.IsZero() {
		return msgp.AppendArrayHeader(b, 0), nil
	}
	t := r.to.Value()
	b = msgp.AppendArrayHeader(b, 4)
	b = msgp.AppendBytes(b, t.id.Proc[:])
	b = msgp.AppendUint64(b, t.id.Serial)
	b = msgp.AppendString(b, t.address)
	return msgp.AppendString(b, t.name), nil
}

// UnmarshalMsg reads a ref. It is bound to no proc until BindRefs.
func (r *GenRef) UnmarshalMsg(b []byte) ([]byte, error) {
	*r = GenRef{}
	var t target
	n, b, err := readTuple(b, 4)
	if err != nil || n == 0 {
		return b, err
	}
	if b, err = codec.ReadExactBytes(b, t.id.Proc[:]); err != nil {
		return b, err
	}
	if t.id.Serial, b, err = msgp.ReadUint64Bytes(b); err != nil {
		return b, err
	}
	if t.address, b, err = msgp.ReadStringBytes(b); err != nil {
		return b, err
	}
	if t.name, b, err = msgp.ReadStringBytes(b); err != nil {
		return b, err
	}
	if len(t.address) > maxRefAddress || len(t.name) > maxRefName {
		return b, msgp.ErrLimitExceeded
	}
	if b, err = skipRest(b, n-4); err != nil {
		return b, err
	}
	if (t.id.Serial == 0) == (t.name == "") {
		return b, fmt.Errorf("a ref names one actor by number or by name, and this one both or neither")
	}
	r.to = unique.Make(t)
	return b, nil
}

// readTuple reads the header of an array of at least so many items; n is 0 for an empty one, and for nil.
func readTuple(b []byte, least uint32) (n uint32, rest []byte, err error) {
	if msgp.IsNil(b) {
		rest, err = msgp.ReadNilBytes(b)
		return 0, rest, err
	}
	n, rest, err = msgp.ReadArrayHeaderBytes(b)
	if err == nil && 0 < n && n < least {
		err = msgp.ArrayError{Wanted: least, Got: n}
	}
	return n, rest, err
}

// skipRest skips the items that a later version has added.
func skipRest(b []byte, n uint32) (rest []byte, err error) {
	for rest = b; n > 0 && err == nil; n-- {
		rest, err = codec.Skip(rest)
	}
	return rest, err
}

// Msgsize is an upper bound of the encoded size in bytes.
func (r GenRef) Msgsize() int {
	if r.IsZero() {
		return msgp.ArrayHeaderSize
	}
	t := r.to.Value()
	return msgp.ArrayHeaderSize + msgp.BytesPrefixSize + len(t.id.Proc) + msgp.Uint64Size +
		2*msgp.StringPrefixSize + len(t.address) + len(t.name)
}

func errUnbound(what string) error {
	return NewError(CodeUnbound, what+": the ref names nobody, or was decoded outside of a proc: take it from a handle, from "+
		"…At, or from a message that a handler received", nil)
}

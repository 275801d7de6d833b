package actor

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/actorgen/actorgen/codec"
)

// An error from another proc is read or refused; what was read can be written and read again.
func FuzzReadError(f *testing.F) {
	var vars errorVars
	for _, err := range []error{
		errors.New("boom"), context.Canceled, fmt.Errorf("x: %w", context.DeadlineExceeded),
		&Error{Code: CodePanic, Text: "panic", Stack: "stack", Path: []string{"a", "b"}, Origin: "actor"},
		&Error{details: []errorDetail{{id: "x", raw: []byte{1, 2, 3}}, {id: "y"}}}, errors.Join(ErrStopped, ErrNotFound),
		&codec.TypeError{Want: "x", Raw: codec.Raw{7}, Err: errors.New("boom")}, fmt.Errorf("x: %w", &Lagged{Lost: 7}),
		&Canceled{By: ID{Proc: newUUID(), Serial: 7}, Name: "actor", Cause: errors.New("boom")}, fmt.Errorf("x: %w", &Canceled{}),
	} {
		f.Add(appendError(nil, travelling(err, "origin", "proc", &vars)))
	}
	f.Add([]byte{0x97, 0xcc, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := readError(b, &vars)
		if err != nil {
			return
		}
		if e.Error() == "" {
			t.Error("an error without a text")
		}
		errors.Is(e, context.Canceled)
		if te, ok := errors.AsType[*codec.TypeError](e); ok && te.Error() == "" {
			t.Error("a type error without a text")
		}
		errors.AsType[*Lagged](e)
		if c := isCanceled(e); c != nil && c.Error() == "" {
			t.Error("a cancellation without a text")
		}
		Describe(e)
		again, err := readError(appendError(nil, e), &vars)
		if err != nil || again.Code != e.Code || len(again.details) != len(e.details) {
			t.Errorf("%+v came back as %+v, %v", e, again, err)
		}
	})
}

// A ref is read or refused; what was read is written as it was.
func FuzzRefUnmarshal(f *testing.F) {
	for _, to := range []target{
		{id: ID{Proc: newUUID(), Serial: 7}}, {id: ID{Proc: newUUID(), Serial: 1 << 60}, address: "tcp://127.0.0.1:1/p"},
		{address: "unix:///run/x.sock#p", name: "name"},
	} {
		b, err := newRef(nil, to).MarshalMsg(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xc0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r GenRef
		rest, err := r.UnmarshalMsg(b)
		if err != nil {
			return
		}
		if len(rest) > len(b) {
			t.Error("more is left than there was")
		}
		out, err := r.MarshalMsg(nil)
		if err != nil || len(out) > r.Msgsize() {
			t.Errorf("%d bytes, Msgsize %d, %v", len(out), r.Msgsize(), err)
		}
		var again GenRef
		if _, err := again.UnmarshalMsg(out); err != nil || again != r {
			t.Errorf("%v came back as %v, %v", r, again, err)
		}
	})
}

func FuzzPortUnmarshal(f *testing.F) {
	to := GenPortRef{Ref: newRef(nil, target{address: "unix:///run/x.sock#p", name: "name"}), Handler: 1 << 63, Schema: 7}
	seed, err := Port[string]{wirePort[string]{to: to}}.MarshalMsg(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{0xc0})
	f.Add([]byte{0x93, 0xc0, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Port[string]
		rest, err := p.UnmarshalMsg(b)
		if err != nil {
			return
		}
		if len(rest) > len(b) {
			t.Error("more is left than there was")
		}
		out, err := p.MarshalMsg(nil)
		if err != nil || len(out) > p.Msgsize() {
			t.Errorf("%d bytes, Msgsize %d, %v", len(out), p.Msgsize(), err)
		}
		var again Port[string]
		if _, err := again.UnmarshalMsg(out); err != nil || again != p {
			t.Errorf("%v became %v: %v", p, again, err)
		}
	})
}

// A session's terms are read or refused; what was read can be, and is written as it was.
func FuzzReadTerms(f *testing.F) {
	for policy := FullReject; policy <= FullDropOldest; policy++ {
		f.Add(append(appendTerms(nil, sessionQueue<<policy, policy), 0x91, 0xa0))
	}
	f.Add(appendTerms(nil, maxSessionQueue+1, FullBlock))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var to, again flow
		rest, err := to.readTerms(b)
		if err != nil {
			if to.limit != 0 {
				t.Errorf("%x is refused, and sets a limit of %d", b, to.limit)
			}
			return
		}
		if err := again.set("", to.limit, to.policy); err != nil {
			t.Errorf("%x: %v", b, err)
		}
		if left, err := again.readTerms(append(appendTerms(nil, to.limit, to.policy), rest...)); err != nil || len(left) != len(rest) {
			t.Errorf("%x and %x are left, %v", left, rest, err)
		}
	})
}

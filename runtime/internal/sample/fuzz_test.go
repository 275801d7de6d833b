package sample

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Arguments from another proc are decoded or refused, for every handler; what was decoded can be encoded and decoded again.
func FuzzArguments(f *testing.F) {
	p, err := actor.NewProc("fuzz")
	if err != nil {
		f.Fatal(err)
	}
	defer p.Close()
	for op := range uint16(counterEachOp) {
		if frame := counterFrame(op); frame != nil {
			b, err := frame.AppendArgs(nil)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(op, b)
			continue
		}
		cell := counterCell{}
		b, err := counterAppend(nil, op, &cell)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(op, b)
	}
	full := newCounterDepositCall()
	full.args = counterDepositParams{amount: -1 << 40, note: "note"}
	b, err := full.AppendArgs(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint16(counterDepositOp), b)
	big := newGateTradeCall()
	big.args.big = Big{Name: "x", Words: [8]int64{1, -1}, Tags: map[string]string{"k": "v"}}
	if b, err = big.AppendArgs(nil); err != nil {
		f.Fatal(err)
	}
	f.Add(uint16(counterLoadOp), b) // of the same shape
	f.Fuzz(func(t *testing.T, op uint16, b []byte) {
		kept := bytes.Clone(b)
		if frame := counterFrame(op); frame != nil {
			if frame.DecodeArgs(b, p) != nil {
				return
			}
			clear(b) // what was decoded shares no memory with it
			out, err := frame.AppendArgs(nil)
			if err != nil {
				t.Fatal(err)
			}
			again := counterFrame(op)
			if err := again.DecodeArgs(out, p); err != nil {
				t.Fatalf("op %d: % x became % x, which cannot be read: %v", op, kept, out, err)
			}
			return
		}
		var cell, again counterCell
		if op >= counterEachOp || counterDecode(b, op, &cell, p) != nil {
			return
		}
		clear(b)
		out, err := counterAppend(nil, op, &cell)
		if err != nil {
			t.Fatal(err)
		}
		if err := counterDecode(out, op, &again, p); err != nil || again != cell {
			t.Fatalf("op %d: % x: %+v came back as %+v, %v", op, kept, cell, again, err)
		}
	})
}

// What comes in a session is decoded or refused; what was decoded shares no memory with the frame, and can be encoded and decoded again.
func FuzzSessionValues(f *testing.F) {
	p, err := actor.NewProc("fuzz")
	if err != nil {
		f.Fatal(err)
	}
	defer p.Close()
	opening := gatePassCodec.Open
	for _, big := range []*Big{nil, {}, {Name: "x", Words: [8]int64{1, -1}, Tags: map[string]string{"k": "v"}}} {
		b, err := opening.Append(nil, big)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := bytes.Clone(b)
		big, err := opening.Decode(b, p)
		if err != nil {
			return
		}
		clear(b)
		out, err := opening.Append(nil, big)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := opening.Decode(out, p); err != nil || !cmp.Equal(again, big, cmpopts.EquateEmpty()) {
			t.Fatalf("% x: %+v came back as %+v, %v", kept, big, again, err)
		}
	})
}

package remote

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// someID is an id that differs for each n.
func someID(n byte) (u actor.UUID) {
	for i := range u {
		u[i] = n + byte(i)
	}
	return u
}

// envelopes has one of each form.
func envelopes() []actor.Envelope {
	chain := []actor.ID{{Proc: someID(1), Serial: 1}, {Proc: someID(2), Serial: math.MaxUint64}}
	headers := []actor.Header{{Key: "trace", Value: "abc"}, {Key: "", Value: ""}, {Key: "é", Value: strings.Repeat("x", maxHeader)}}
	return []actor.Envelope{
		{Kind: actor.MessageCast, To: 1, Handler: 1},
		{Kind: actor.MessageCast, To: math.MaxUint64, From: math.MaxUint64, Handler: math.MaxUint64, Schema: math.MaxUint64, Headers: headers},
		{Kind: actor.MessageCast, ToName: "accounts/7", Handler: 5, Schema: 6},
		{Kind: actor.MessageCast, ToName: strings.Repeat("n", maxToName), Handler: 5},
		{Kind: actor.MessageCall, Call: 1, To: 3, Handler: 9},
		{Kind: actor.MessageCall, Call: math.MaxUint64, ToName: "a", From: 3, Handler: 9, Schema: 1, Remaining: time.Second, Chain: chain, Headers: headers},
		{Kind: actor.MessageCall, Call: 1 << 40, To: 3, Handler: 9, Remaining: math.MaxInt64, Chain: make([]actor.ID, maxChain)},
		{Kind: actor.MessageAnswer, Call: 300},
		{Kind: actor.MessageError, Call: 300},
		{Kind: actor.MessageCancel, Call: 300},
		{Kind: actor.MessageOpened, Call: 300},
		{Kind: actor.MessageIn, Call: 1},
		{Kind: actor.MessageOut, Call: math.MaxUint64},
		{Kind: actor.MessageInEnd, Call: 300},
		{Kind: actor.MessageInRoom, Call: 300},
		{Kind: actor.MessageOutRoom, Call: 300},
		{Kind: actor.MessageReturn, To: 200, From: 100, Handler: 7, Schema: 8},
		{Kind: actor.MessageReturn, ToName: "gone", From: 100, Handler: 7},
		{Kind: actor.MessageReturn, Handler: 7},
	}
}

func TestEnvelopesComeBackAsTheyWere(t *testing.T) {
	for _, want := range envelopes() {
		if err := checkEnvelope(&want); err != nil {
			t.Fatal(err)
		}
		b := append(appendEnvelope([]byte("before"), &want, true), "payload"...)
		var got actor.Envelope
		payload, err := readEnvelope(b[len("before"):], &got)
		if err != nil || string(payload) != "payload" || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v and %q, %v\nwant %+v", got, payload, err, want)
		}
	}
}

func TestSchemaTravelsOnlyWhenAsked(t *testing.T) {
	env := actor.Envelope{Kind: actor.MessageCast, To: 1, Handler: 2, Schema: 3}
	var got actor.Envelope
	if _, err := readEnvelope(appendEnvelope(nil, &env, false), &got); err != nil || got.Schema != 0 || got.Handler != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPastDeadlineStaysADeadline(t *testing.T) {
	env := actor.Envelope{Kind: actor.MessageCall, Call: 1, To: 1, Remaining: -time.Second}
	var got actor.Envelope
	if _, err := readEnvelope(appendEnvelope(nil, &env, false), &got); err != nil || got.Remaining != 1 {
		t.Errorf("got %v, %v", got.Remaining, err)
	}
}

func TestCutEnvelopesAreRefused(t *testing.T) {
	for _, env := range envelopes() {
		b := appendEnvelope(nil, &env, true)
		for n := range b {
			var got actor.Envelope
			if _, err := readEnvelope(b[:n:n], &got); err == nil {
				t.Fatalf("%+v cut to %d of %d bytes was read as %+v", env, n, len(b), got)
			}
		}
	}
}

func TestBadEnvelopesAreRefused(t *testing.T) {
	cast, call := byte(actor.MessageCast), byte(actor.MessageCall)
	handler := make([]byte, 8)
	number := func(v uint64) []byte { return binary.AppendUvarint(nil, v) }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, b := range map[string][]byte{
		"kind 0":                {0, 0, 1},
		"kind 13":               {byte(actor.MessageOutRoom) + 1, 0, 1},
		"value with a flag":     {byte(actor.MessageIn), flagFrom, 1},
		"value of session 0":    {byte(actor.MessageOut), 0, 0},
		"bye with a flag":       {byte(kindBye), 1},
		"answer with a flag":    {byte(actor.MessageAnswer), flagFrom, 1, 1},
		"answer to call 0":      {byte(actor.MessageAnswer), 0, 0},
		"call 0":                join([]byte{call, 0, 0, 1}, handler),
		"cast to nobody":        join([]byte{cast, 0, 0}, handler),
		"cast to an empty name": join([]byte{cast, flagToName, 0}, handler),
		"cast with a chain":     join([]byte{cast, flagChain, 1}, handler, []byte{1}, make([]byte, 17)),
		"cast with a deadline":  join([]byte{cast, flagRemaining, 1}, handler, []byte{1}),
		"unknown flag":          join([]byte{call, 0x80, 1, 1}, handler),
		"long name":             join([]byte{cast, flagToName}, number(maxToName+1), make([]byte, maxToName+1), handler),
		"endless name":          join([]byte{cast, flagToName}, number(math.MaxUint64), handler),
		"deadline of nothing":   join([]byte{call, flagRemaining, 1, 1}, handler, []byte{0}),
		"deadline too far":      join([]byte{call, flagRemaining, 1, 1}, handler, number(1<<63)),
		"empty chain":           join([]byte{call, flagChain, 1, 1}, handler, []byte{0}),
		"long chain":            join([]byte{call, flagChain, 1, 1}, handler, number(maxChain+1), make([]byte, 17*(maxChain+1))),
		"missing chain":         join([]byte{call, flagChain, 1, 1}, handler, number(maxChain), make([]byte, 17)),
		"many headers":          join([]byte{cast, flagHeaders, 1}, handler, number(maxCount+1), make([]byte, 2*(maxCount+1))),
		"long header":           join([]byte{cast, flagHeaders, 1}, handler, []byte{1}, number(maxHeader+1), make([]byte, maxHeader+2)),
		"endless number":        join([]byte{cast, 0}, bytes.Repeat([]byte{0xff}, 11), handler),
	} {
		var got actor.Envelope
		if _, err := readEnvelope(b, &got); err == nil {
			t.Errorf("%s was read as %+v", name, got)
		}
	}
}

func TestSenderKeepsTheLimitsOfAnEnvelope(t *testing.T) {
	long := strings.Repeat("x", maxHeader+1)
	for name, env := range map[string]actor.Envelope{
		"name":    {Kind: actor.MessageCast, ToName: strings.Repeat("x", maxToName+1)},
		"chain":   {Kind: actor.MessageCall, Call: 1, To: 1, Chain: make([]actor.ID, maxChain+1)},
		"headers": {Kind: actor.MessageCast, To: 1, Headers: make([]actor.Header, maxCount+1)},
		"key":     {Kind: actor.MessageCast, To: 1, Headers: []actor.Header{{Key: long}}},
		"value":   {Kind: actor.MessageCast, To: 1, Headers: []actor.Header{{Value: long}}},
	} {
		if err := checkEnvelope(&env); actor.CodeOf(err) != actor.CodeTooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPlainCastsAllocateNothing(t *testing.T) {
	env := actor.Envelope{Kind: actor.MessageCast, ToName: "account", From: 1 << 20, Handler: 1 << 60, Schema: 5}
	b := make([]byte, 0, 256)
	var got actor.Envelope
	if n := testing.AllocsPerRun(100, func() {
		b = appendEnvelope(b[:0], &env, true)
		if _, err := readEnvelope(b, &got); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, env := range envelopes() {
		f.Add(append(appendEnvelope(nil, &env, true), 0x91, 1))
	}
	for _, msg := range recorded(f) {
		f.Add(msg)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var env, again actor.Envelope
		payload, err := readEnvelope(b, &env)
		if err != nil {
			return
		}
		if err := checkEnvelope(&env); err != nil {
			t.Fatalf("%+v was read and could not be sent: %v", env, err)
		}
		c := append(appendEnvelope(nil, &env, true), payload...)
		rest, err := readEnvelope(c, &again)
		if err != nil || !bytes.Equal(rest, payload) || !reflect.DeepEqual(env, again) {
			t.Fatalf("%+v and %x came back as %+v and %x, %v", env, payload, again, rest, err)
		}
	})
}

func BenchmarkEnvelope(b *testing.B) {
	env := actor.Envelope{Kind: actor.MessageCast, To: 1000, From: 1 << 10, Handler: 1 << 60}
	buf := make([]byte, 0, 256)
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			buf = appendEnvelope(buf[:0], &env, false)
		}
	})
	b.Run("read", func(b *testing.B) {
		var got actor.Envelope
		for b.Loop() {
			if _, err := readEnvelope(buf, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package actor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

func TestSmoke(t *testing.T) {
	p, err := actor.NewProc("test")
	if err != nil {
		t.Fatal(err)
	}
	h, err := sample.SpawnCounter(p, "c", func() *sample.Counter { return &sample.Counter{} })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for i := range 10000 {
		if err := h.Add(ctx, 1); errors.Is(err, actor.ErrMailboxFull) {
			h.Deposit(ctx, 1, "")
		} else if err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 {
			h.Load(ctx, sample.Big{})
		}
	}
	n, err := h.Deposit(ctx, 0, "x")
	if n != 10000 || err != nil {
		t.Fatal(n, err)
	}
	n, err = h.Total(ctx)
	if n != 10000 || err != nil {
		t.Fatal(n, err)
	}
	_, err = h.Deposit(ctx, 2000, "x")
	var tm *sample.TooMuch
	if !errors.As(err, &tm) {
		t.Fatal(err)
	}
	h2, _ := sample.SpawnCounter(p, "", func() *sample.Counter { return &sample.Counter{} })
	if err := h.Meet(ctx, h2.Ref()); err != nil {
		t.Fatal(err)
	}
	err = h.Meet(ctx, h.Ref())
	t.Log(err)
	if actor.CodeOf(err) != actor.CodeCircle {
		t.Fatal(err)
	}
	h.Move(ctx, "a", "b", -1) // fails
	if n, err := h.Deposit(ctx, 5, ""); n != 5 || err != nil {
		t.Fatal(n, err, h.Actor().Status())
	}
	h.Actor().Stop(actor.StopDrain, nil)
	t.Log(h.Actor().Wait(ctx))
	t.Log(h.Add(ctx, 1))
	rep, err := p.Shutdown(ctx)
	t.Log(rep, err)
}

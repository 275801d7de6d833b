package actor_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

func newTopic[M any](t *testing.T, p *actor.Proc, name string, opts ...actor.TopicOption[M]) *actor.Topic[M] {
	t.Helper()
	topic, err := actor.NewTopic(p, name, opts...)
	ok(t, err)
	return topic
}

func subscribe[M any](t *testing.T, owner actor.Spawner, topic *actor.Topic[M], to actor.Port[M]) *actor.Subscription {
	t.Helper()
	s, err := actor.Subscribe(owner, topic, to)
	ok(t, err)
	return s
}

// got returns what a receiver has.
func got[M any](values *actor.Receiver[M]) (all []M) {
	for {
		m, some := values.TryRecv()
		if !some {
			return all
		}
		all = append(all, m)
	}
}

// parity: C27, CT25, CT26, CT50
func TestTopicPassesToAllSubscribersInOrder(t *testing.T) {
	p := newProc(t)
	topic := newTopic[int](t, p, "orders")
	ok(t, actor.Publish(t.Context(), topic, 1)) // to nobody
	to, values := actor.OpenPort[string](p)
	for _, name := range []string{"a", "b", "c"} {
		subscribe(t, p, topic, actor.MapPort(to, func(n int) string { return fmt.Sprint(name, n) }))
	}
	ok(t, actor.Publish(t.Context(), topic, 2))
	ok(t, actor.Publish(t.Context(), topic, 3))
	if all := got(values); !slices.Equal(all, []string{"a2", "b2", "c2", "a3", "b3", "c3"}) {
		t.Errorf("received %q", all)
	}
	if n := topic.Subscribers(); n != 3 {
		t.Errorf("%d subscribers", n)
	}
}

// parity: C27, CT31, CT32, CT50
func TestSubscribingTwiceDeliversTwice(t *testing.T) {
	p := newProc(t)
	orders, payments := newTopic[int](t, p, "orders"), newTopic[int](t, p, "payments")
	to, values := actor.OpenPort[int](p)
	first := subscribe(t, p, orders, to)
	subscribe(t, p, orders, to)
	subscribe(t, p, payments, to)
	ok(t, actor.Publish(t.Context(), orders, 42))
	ok(t, actor.Publish(t.Context(), payments, 100))
	if all := got(values); !slices.Equal(all, []int{42, 42, 100}) {
		t.Errorf("received %v", all)
	}
	first.Stop()
	ok(t, actor.Publish(t.Context(), orders, 43))
	if all := got(values); !slices.Equal(all, []int{43}) {
		t.Errorf("received %v", all)
	}
}

// parity: C27, CT26, CT28, CT29
// A subscription is the incarnation's, and none is left of an actor that has ended.
func TestSubscriptionsEndWithTheirIncarnation(t *testing.T) {
	p := newProc(t, quiet)
	topic := newTopic[int64](t, p, "orders")
	to, values := actor.OpenPort[int64](p)
	g := spawnGateAs(t, p, sample.Gate{OnInit: func(cx *actor.Context) error {
		_, err := actor.Subscribe(cx, topic, to)
		return err
	}}, atOnce)
	c := spawnCounter(t, p)
	subscribe(t, p, topic, c.Ports().Add)
	fail(t, g)
	flush(t, g)
	ok(t, actor.Publish(t.Context(), topic, 1))
	if all := got(values); !slices.Equal(all, []int64{1}) {
		t.Errorf("received %v, want it once", all)
	}
	g.Actor().Stop(actor.StopNow, nil)
	ended(t, g)
	if n := topic.Subscribers(); n != 1 {
		t.Errorf("%d subscribers, want 1", n)
	}
	// A subscriber that has ended, and whose subscription is somebody else's, is dropped without a word.
	c.Actor().Stop(actor.StopNow, nil)
	_, err := c.Actor().Wait(soon(t))
	ok(t, err)
	ok(t, actor.Publish(t.Context(), topic, 2))
	if n := topic.Subscribers(); n != 0 {
		t.Errorf("%d subscribers, want 0", n)
	}
}

// parity: CT25, CT28, CT30, CT32
// A handler subscribes to as many topics as it likes, from then on. When its actor has ended nothing of that is left, and other
// subscribers get what they got before.
func TestSubscriptionsOfAHandlerEndWithItsActor(t *testing.T) {
	p := newProc(t)
	orders, payments := newTopic[int64](t, p, "orders"), newTopic[int64](t, p, "payments")
	toOrders, gotOrders := actor.OpenPort[int64](p)
	toPayments, gotPayments := actor.OpenPort[int64](p)
	other := spawnCounter(t, p)
	subscribe(t, p, orders, other.Ports().Add)
	publish := func(total int64, wantOrders, wantPayments []int64) {
		t.Helper()
		ok(t, actor.Publish(t.Context(), orders, 42))
		ok(t, actor.Publish(t.Context(), payments, 100))
		if o, p := got(gotOrders), got(gotPayments); !slices.Equal(o, wantOrders) || !slices.Equal(p, wantPayments) {
			t.Errorf("received %v and %v, want %v and %v", o, p, wantOrders, wantPayments)
		}
		if n, err := other.Total(soon(t)); n != total || err != nil {
			t.Errorf("the other subscriber has %d, %v, want %d", n, err, total)
		}
	}
	g := spawnGate(t, p)
	publish(42, nil, nil)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		subscribe(t, cx, orders, toOrders)
		subscribe(t, cx, orders, toOrders)
		subscribe(t, cx, payments, toPayments)
		return nil
	}))
	publish(2*42, []int64{42, 42}, []int64{100})
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	publish(3*42, nil, nil)
	if o, p := orders.Subscribers(), payments.Subscribers(); o != 1 || p != 0 {
		t.Errorf("%d and %d subscribers are left, want 1 and none", o, p)
	}
}

func TestPublishTellsWhoHasNotAccepted(t *testing.T) {
	p := newProc(t)
	topic := newTopic[int](t, p, "orders")
	full, _ := actor.OpenPort[int](p, actor.MailboxSize(1))
	ok(t, full.Send(t.Context(), 0))
	free, values := actor.OpenPort[int](p)
	subscribe(t, p, topic, full)
	subscribe(t, p, topic, free)
	err := actor.Publish(t.Context(), topic, 1)
	if !errors.Is(err, actor.ErrMailboxFull) {
		t.Error(err)
	}
	wantText(t, err, `publishing on topic "orders"`, "an opened port of int", "full")
	if all := got(values); !slices.Equal(all, []int{1}) {
		t.Errorf("the other subscriber received %v", all)
	}
}

// parity: C27, CT27, CT50
// A name is of one type while somebody uses the topic, and free for another one afterwards.
func TestTopicNamesAreOfOneType(t *testing.T) {
	p := newProc(t)
	topic := newTopic[int](t, p, "orders")
	if again := newTopic[int](t, p, "orders"); again != topic {
		t.Error("the same name and type give another topic")
	}
	one, other := newTopic[int](t, p, ""), newTopic[int](t, p, "")
	if one == other {
		t.Error("anonymous topics are the same")
	}
	_, err := actor.NewTopic[string](p, "orders")
	wantCode(t, err, actor.CodeKind)
	wantText(t, err, `topic "orders" of string`, "one of that name for int")
	if topic.Name() != "orders" {
		t.Error(topic.Name())
	}
	runtime.KeepAlive(topic)
	topic = nil
	runtime.GC()
	newTopic[string](t, p, "orders")
}

// Each subscriber has a value of its own.
func TestSubscribersShareNoMemory(t *testing.T) {
	p := newProc(t)
	topic := newTopic[sample.Big](t, p, "big")
	to, values := actor.OpenPort[sample.Big](p)
	for range 3 {
		subscribe(t, p, topic, to)
	}
	ok(t, actor.Publish(t.Context(), topic, sample.Big{Name: "x", Tags: map[string]string{"a": "b"}}))
	for i, m := range got(values) {
		if m.Name != "x" || len(m.Tags) != 1 || m.Tags["a"] != "b" {
			t.Errorf("value %d is %+v", i, m)
		}
		m.Tags[fmt.Sprint(i)] = ""
		m.Tags["a"] = ""
	}
	_, err := actor.NewTopic[[]int](p, "slices")
	wantCode(t, err, actor.CodeEncode)
	wantText(t, err, `topic "slices" of []int`, "each subscriber needs a copy", "CopyWith", "//actor:message")
	slicesOf := newTopic(t, p, "slices", actor.CopyWith(slices.Clone[[]int]))
	some, received := actor.OpenPort[[]int](p)
	subscribe(t, p, slicesOf, some)
	subscribe(t, p, slicesOf, some)
	ok(t, actor.Publish(t.Context(), slicesOf, []int{1}))
	all := got(received)
	all[0][0] = 2
	if all[1][0] != 1 {
		t.Error("two subscribers share a slice")
	}
	newTopic[sample.CounterHandle](t, p, "handles") // an address is nothing to copy
	newTopic[actor.Port[int]](t, p, "ports")
}

func TestTopicsThatCannotBeUsed(t *testing.T) {
	p := newProc(t)
	_, err := actor.NewTopic[int](nil, "x")
	wantCode(t, err, actor.CodeMisuse)
	_, err = actor.Subscribe(p, nil, actor.Port[int]{})
	wantCode(t, err, actor.CodeMisuse)
	_, err = actor.Subscribe(p, newTopic[int](t, p, "x"), actor.Port[int]{})
	wantCode(t, err, actor.CodeUnbound)
	wantText(t, err, `subscribing to topic "x"`)
	wantCode(t, actor.Publish(t.Context(), (*actor.Topic[int])(nil), 1), actor.CodeMisuse)
	to, _ := actor.OpenPort[int](p)
	_, err = actor.Subscribe[int](nil, newTopic[int](t, p, "x"), to)
	wantCode(t, err, actor.CodeMisuse)
}

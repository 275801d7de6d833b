package actor

import "testing"

// Messages are counted beyond the 32 bits in which senders and the turn's holder count them.
func TestMessagesBeyond32Bits(t *testing.T) {
	p, err := NewProc("p")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	a, err := testKind.Spawn(p, "", func() *testBehavior { return &testBehavior{} }, nil)
	if err != nil {
		t.Fatal(err)
	}
	const step = 1 << 28 // more than any tick has
	tick := uint32(1)
	for total := uint64(0); total < 5<<32; total += step {
		c := &a.core
		c.count, c.seen, c.worked = uint32(total), uint32(total), uint32(total)
		if got, queue := c.tally(c.runs.Load(), false); got != total || queue != 0 {
			t.Fatalf("%d counted, %d wait; want %d and 0", got, queue, total)
		}
		tick++
		p.sched.tick.Store(tick)
		c.begin(nil, 0, false)
		if got, _ := c.tally(c.runs.Load(), false); got != total {
			t.Fatalf("%d counted after a tick, want %d", got, total)
		}
		if behind := c.worked - c.consumed.Load(); behind > 1<<31 {
			t.Fatalf("what senders see of the progress is %d behind: a mailbox would have room for ever", behind)
		}
	}
}

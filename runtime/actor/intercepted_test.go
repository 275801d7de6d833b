package actor_test

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Whatever the tests of this package say of actors holds for intercepted ones: they run once more in a process of their own, with
// interceptors around every message. Left out are those that tell inline calls from others, since there are none then, those
// that count interceptors or bytes, and those that measure how soon an actor starts.
func TestPromisesHoldWithInterceptors(t *testing.T) {
	if intercepted() != nil || testing.Short() {
		t.Skip("it would take as long as all other tests together")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.skip=^("+
		"TestGoexitInAHandlerThatWasCalledByAHandler|TestStopFromTheHandlerItself|TestNilInterceptorsAreRefused|"+
		"TestRootFailureCrashesTheProcess|TestIdleActorsAreSmall|TestInterceptedMessagesAllocateNothing|"+
		"TestBlockedAndSpinningHandlersHoldUpNobodyElse|TestActorBehindABlockedOneStartsSoon|TestProfileLabelsOfInlineHandlers|"+
		"TestActorsBehindBlockedOnesStartSoon|TestInlineHandlerSeesTheCallersDeadline|TestPromisesHoldWithInterceptors)$|"+
		"^TestFailureOfACallReachesTheCallerAndSupervision$/^Goexit$/^inline$")
	cmd.Env = append(os.Environ(), "ACTORGEN_INTERCEPTED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// intercepted returns the options of the procs of that process, and nothing elsewhere. Their interceptors derive contexts,
// because much hangs on that.
func intercepted() []actor.ProcOption {
	if os.Getenv("ACTORGEN_INTERCEPTED") != "1" {
		return nil
	}
	return []actor.ProcOption{
		interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
			if in.Args() == nil || in.Oneway() {
				ctx = context.WithValue(ctx, interceptedKey{}, 1)
			}
			return next(ctx, in)
		}),
		sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
			return next(context.WithValue(ctx, interceptedKey{}, 1), out)
		}),
	}
}

type interceptedKey struct{}

// An interceptor by itself costs no message an allocation, and none is free.
func TestInterceptedMessagesAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	p := newProc(t)
	pass := interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error { return next(ctx, in) })
	for name, opts := range map[string][]actor.SpawnOption{"none": nil, "two": {pass, pass}} {
		h := spawnCounter(t, p, opts...)
		ctx := context.Background()
		if n := testing.AllocsPerRun(2000, func() {
			if _, err := h.Deposit(ctx, 1, ""); err != nil {
				t.Fatal(err)
			}
			if err := h.Add(ctx, 1); err != nil {
				t.Fatal(err)
			}
		}); n >= 1 {
			t.Errorf("%s: %v allocations for a call and a cast", name, n)
		}
	}
}

package actor_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// pipe starts a task of g that sends to the same gate.
func pipe(t *testing.T, g sample.GateHandle, f func(context.Context) (func(*actor.Context) error, error)) (task *actor.Task) {
	t.Helper()
	ok(t, g.Do(soon(t), func(cx *actor.Context) (err error) {
		task, err = actor.Pipe(cx, g.Ports().Post, f)
		return err
	}))
	return task
}

// untilItEnds is a task that waits for the end of its context, and tells of it.
func untilItEnds(told chan<- error) func(context.Context) (func(*actor.Context) error, error) {
	return func(ctx context.Context) (func(*actor.Context) error, error) {
		<-ctx.Done()
		told <- context.Cause(ctx)
		return func(*actor.Context) error { panic("the result of a task that was cancelled") }, nil
	}
}

// parity: C22, CT46
func TestResultsOfTasksAreHandledAsMessages(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	const tasks = 10
	got := make(chan string, 2*tasks)
	for i := range tasks {
		pipe(t, g, func(ctx context.Context) (func(*actor.Context) error, error) {
			return func(cx *actor.Context) error {
				got <- fmt.Sprint(i, cx.Caller() == g.Actor().ID())
				return nil
			}, nil
		})
		ok(t, g.Post(t.Context(), func(*actor.Context) error { got <- fmt.Sprint("mail ", i); return nil }))
	}
	seen := map[string]bool{}
	for range 2 * tasks {
		seen[receive(t, got, "a result or a message")] = true
	}
	for i := range tasks {
		if !seen[fmt.Sprint(i, true)] || !seen[fmt.Sprint("mail ", i)] {
			t.Errorf("the result of task %d, or the message sent after it, has not come: %v", i, seen)
		}
	}
}

// parity: C22, CT51
func TestTaskFailureIsOfItsActor(t *testing.T) {
	panicking := func(context.Context) (func(*actor.Context) error, error) { panic(errBoom) }
	failing := func(context.Context) (func(*actor.Context) error, error) { return nil, errBoom }
	for name, c := range map[string]struct {
		task     func(context.Context) (func(*actor.Context) error, error)
		strategy actor.Strategy
		failed   bool
		text     string
	}{
		"error":           {failing, actor.StopActor, true, "a task of sample.Gate"},
		"error, Resume":   {failing, actor.Resume, false, ""},
		"panic":           {panicking, actor.StopActor, true, "panic: boom"},
		"error, restarts": {failing, actor.Restart{Backoff: actor.NoBackoff}, true, ""},
		"Fatal, Resume":   {func(context.Context) (func(*actor.Context) error, error) { return nil, actor.Fatal(errBoom) }, actor.Resume, true, ""},
		"panic, Resume":   {panicking, actor.Resume, true, ""},
		"goroutine ended": {func(context.Context) (func(*actor.Context) error, error) { runtime.Goexit(); return nil, nil }, actor.StopActor, true, "runtime.Goexit"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var runs atomic.Int64
				cleaned := make(chan error, 10)
				g := spawnGateAs(t, newProc(t, quiet), sample.Gate{OnCleanup: func(_ *actor.Context, cause error) error {
					cleaned <- cause
					return nil
				}}, actor.OnFailure(c.strategy))
				pipe(t, g, func(ctx context.Context) (func(*actor.Context) error, error) {
					runs.Add(1)
					return c.task(ctx)
				})
				time.Sleep(time.Second) // of the bubble: longer than any restart takes
				synctest.Wait()
				if n := runs.Load(); n != 1 {
					t.Errorf("the task has run %d times", n)
				}
				s := g.Actor().Status()
				if got := s.Restarts > 0 || s.State == actor.StateFailed; got != c.failed {
					t.Errorf("the actor: %+v", s)
				}
				if c.failed {
					// What a task does wrong leaves the state as it was.
					cause := <-cleaned
					wantText(t, cause, "boom"[:0], c.text)
				}
			})
		})
	}
}

// parity: C22, CT47
func TestTaskOutlivesARestartAndNotTheActor(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, atOnce)
	told := make(chan error, 1)
	release, got := make(chan struct{}), make(chan int, 1)
	pipe(t, g, untilItEnds(told))
	pipe(t, g, func(context.Context) (func(*actor.Context) error, error) {
		<-release
		return func(cx *actor.Context) error { got <- cx.Self().Status().Restarts; return nil }, nil
	})
	fail(t, g)
	flush(t, g)
	close(release)
	if n := receive(t, got, "the result"); n != 1 {
		t.Errorf("the result was handled after %d restarts, want 1", n)
	}
	g.Actor().Stop(actor.StopDrain, nil)
	wantCode(t, receive(t, told, "the end of the task's context"), actor.CodeStopped)
	ended(t, g)
}

// parity: CT51, CT52
// A task runs once. If its error ends the actor, that end is told, once, with the error.
func TestEndByATasksErrorIsToldOnce(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
	port, exits := exitPort(10)
	g.Actor().Monitor(port)
	to, values := actor.OpenPort[int](p)
	with := 7 // what a task needs it captures
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := actor.Pipe(cx, to, func(context.Context) (int, error) { return with, nil })
		return err
	}))
	if n, err := values.Recv(soon(t)); n != 7 || err != nil {
		t.Error(n, err)
	}
	pipe(t, g, func(context.Context) (func(*actor.Context) error, error) { return nil, errBoom })
	if ev := receive(t, exits, "the exit"); !errors.Is(ev.Status.Cause, errBoom) || !ev.Failed() {
		t.Errorf("%+v", ev)
	}
	p.Shutdown(soon(t))
	if len(exits) > 0 || values.Len() > 0 {
		t.Errorf("%d more exits, %d more results", len(exits), values.Len())
	}
}

// parity: CT53, CT54
// What is to be tried again is started by Init. Then its actor's strategy says how often, and each error is the cause of a Cleanup.
func TestTaskOfInitIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		errors int
		last   actor.State
	}{
		"until it succeeds": {2, actor.StateRunning},
		"up to the limit":   {3, actor.StateFailed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				failed, done := make(chan error, 10), make(chan int, 10)
				attempt := func(context.Context) (func(*actor.Context) error, error) {
					n := attempts + 1
					if attempts = n; n <= c.errors {
						return nil, errBoom
					}
					return func(*actor.Context) error { done <- n; return nil }, nil
				}
				g := spawnGateAs(t, newProc(t, quiet), sample.Gate{
					OnInit: func(cx *actor.Context) error {
						_, err := actor.Pipe(cx, sample.GateSelf(cx).Ports().Post, attempt)
						return err
					},
					OnCleanup: func(_ *actor.Context, cause error) error { failed <- cause; return nil },
				}, actor.OnFailure(actor.Restart{Max: 2, Backoff: actor.NoBackoff}))
				synctest.Wait()
				if s := g.Actor().Status(); s.State != c.last || attempts != 3 || len(failed) != c.errors {
					t.Errorf("%+v after %d attempts and %d Cleanups", s, attempts, len(failed))
				}
				for range c.errors {
					if err := <-failed; !errors.Is(err, errBoom) {
						t.Errorf("Cleanup with %v", err)
					}
				}
				if c.last == actor.StateRunning && <-done != 3 {
					t.Error("the result is not that of the third attempt")
				}
			})
		})
	}
}

// parity: CT55, CT47
// Whoever stops the actors above ends their tasks too, and what these return is dropped.
func TestTasksEndWithTheActorsAbove(t *testing.T) {
	p := newProc(t, quiet)
	told := make(chan error, 10)
	to, values := actor.OpenPort[int](p)
	begin := func(cx *actor.Context) error {
		_, err := actor.Pipe(cx, to, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			told <- context.Cause(ctx)
			return 1, nil
		})
		return err
	}
	parent := spawnGate(t, p)
	ok(t, parent.Do(soon(t), func(cx *actor.Context) error {
		for range 3 {
			if err := spawnGate(t, cx).Do(cx, begin); err != nil {
				return err
			}
		}
		return cx.StopChildren(actor.StopNow, nil)
	}))
	if len(told) != 3 {
		t.Errorf("%d tasks have ended, want 3", len(told))
	}
	ok(t, childGate(t, parent).Do(soon(t), begin))
	parent.Actor().Stop(actor.StopNow, nil)
	ended(t, parent)
	for range 4 {
		wantCode(t, receive(t, told, "the end of a task's context"), actor.CodeStopped)
	}
	if n := values.Len(); n > 0 {
		t.Errorf("%d results of tasks that were cancelled", n)
	}
}

// An actor that stops waits for its tasks before Cleanup, as for its children.
func TestCleanupComesAfterTheTasks(t *testing.T) {
	for name, restarting := range map[string]bool{"stop": false, "stop while the restart waits": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := false
				after := make(chan bool, 2)
				g := spawnGateAs(t, newProc(t, quiet), sample.Gate{OnCleanup: func(*actor.Context, error) error {
					after <- over
					return nil
				}}, actor.OnFailure(actor.Restart{Backoff: actor.Static(time.Minute)}))
				pipe(t, g, func(ctx context.Context) (func(*actor.Context) error, error) {
					<-ctx.Done()
					time.Sleep(time.Second)
					over = true
					return nil, ctx.Err()
				})
				if restarting {
					fail(t, g)
					if <-after {
						t.Error("a restart has ended the task")
					}
				}
				g.Actor().Stop(actor.StopNow, nil)
				if s := ended(t, g); s.State != actor.StateStopped && !restarting {
					t.Errorf("%+v", s)
				}
				if !over {
					t.Error("the actor has ended before its task")
				}
				if !restarting && !<-after {
					t.Error("Cleanup ran before the task had ended")
				}
			})
		})
	}
}

// A task that does not return when it should is left behind, and the report names its actor.
func TestTaskThatDoesNotReturnIsReported(t *testing.T) {
	for name, mode := range map[string]actor.StopMode{"stop": actor.StopNow, "kill": actor.StopKill} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, err := actor.NewProc("hung", quiet)
				ok(t, err)
				g := spawnGate(t, p, actor.StopTimeout(time.Second))
				release, gone := make(chan struct{}), make(chan struct{})
				pipe(t, g, func(context.Context) (func(*actor.Context) error, error) {
					defer close(gone)
					<-release
					return nil, nil
				})
				begun := time.Now()
				g.Actor().Stop(mode, nil)
				<-g.Actor().Done()
				if took := time.Since(begun); (mode == actor.StopNow) != (took == time.Second) {
					t.Errorf("the stop took %v", took)
				}
				report, err := p.Shutdown(context.Background())
				ok(t, err)
				if len(report.Abandoned) != 1 || report.Abandoned[0].ID != g.Actor().ID() || report.Abandoned[0].Handler != "a task" ||
					!strings.Contains(report.Abandoned[0].Stack, "TestTaskThatDoesNotReturnIsReported") {
					t.Errorf("abandoned: %+v", report.Abandoned)
				}
				close(release)
				<-gone
				synctest.Wait()
			})
		})
	}
}

// parity: CT55
// Stop cancels a task; what it returns then is dropped.
func TestTaskThatIsStoppedSendsNothing(t *testing.T) {
	g := spawnGate(t, newProc(t))
	told := make(chan error, 2)
	pipe(t, g, untilItEnds(told)).Stop(errBoom)
	if err := receive(t, told, "the end of the task's context"); !errors.Is(err, errBoom) {
		t.Errorf("the cause is %v", err)
	}
	failing := pipe(t, g, func(ctx context.Context) (func(*actor.Context) error, error) {
		<-ctx.Done()
		told <- nil
		return nil, ctx.Err()
	})
	failing.Stop(nil)
	receive(t, told, "the task's end")
	flush(t, g)
	if s := g.Actor().Status(); s.Restarts > 0 {
		t.Errorf("%+v: a task that was stopped has failed its actor", s)
	}
}

// counting yields 0, 1, 2, … and then err, if that is not nil.
func counting(n int, err error) func(context.Context) iter.Seq2[int64, error] {
	return func(context.Context) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			for i := range n {
				if !yield(int64(i), nil) {
					return
				}
			}
			if err != nil {
				yield(0, err)
			}
		}
	}
}

// parity: C23
func TestSequenceIsPumpedInOrderAndItsErrorIsTheActors(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
	to, values := actor.OpenPort[int64](p)
	const n = 1000
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := actor.PumpSeq(cx, to, counting(n, errBoom))
		return err
	}))
	for want := range int64(n) {
		if got, err := values.Recv(soon(t)); err != nil || got != want {
			t.Fatal(got, err, want)
		}
	}
	if s := ended(t, g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
		t.Errorf("%+v", s)
	}
}

// A source goes no faster than its values are handled.
func TestSequenceWaitsForTheActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t), actor.MailboxSize(1))
		var made atomic.Int64
		d.do(t, func(cx *actor.Context) error {
			_, err := actor.PumpSeq(cx, d.Ports().Post, func(context.Context) iter.Seq2[func(*actor.Context) error, error] {
				return func(yield func(func(*actor.Context) error, error) bool) {
					for {
						made.Add(1)
						if !yield(func(*actor.Context) error { time.Sleep(time.Second); return nil }, nil) {
							return
						}
					}
				}
			})
			return err
		})
		time.Sleep(10*time.Second + 1)
		synctest.Wait()
		if n := made.Load(); n < 10 || n > 20 { // ten are handled, eight wait, one is being handled and one made
			t.Errorf("%d values were made in ten seconds, of which the actor handles one a second", n)
		}
		d.Actor().Stop(actor.StopNow, nil)
	})
}

// parity: C23
// A source ends with its incarnation, before Cleanup.
func TestSequenceEndsWithItsIncarnation(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, atOnce)
	told := make(chan error, 1)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := actor.PumpSeq(cx, g.Ports().Post, func(ctx context.Context) iter.Seq2[func(*actor.Context) error, error] {
			return func(func(func(*actor.Context) error, error) bool) {
				<-ctx.Done()
				told <- context.Cause(ctx)
			}
		})
		return err
	}))
	fail(t, g)
	wantCode(t, receive(t, told, "the end of the source"), actor.CodeStopped)
	flush(t, g)
}

func TestTasksThatCannotBeStarted(t *testing.T) {
	g := spawnGate(t, newProc(t))
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := actor.Pipe(cx, actor.Port[int]{}, func(context.Context) (int, error) { return 0, nil })
		wantCode(t, err, actor.CodeUnbound)
		wantText(t, err, "starting a task", "zero value")
		return nil
	}))
	_, err := actor.PumpSeq(nil, g.Ports().Post, nil)
	wantCode(t, err, actor.CodeMisuse)
	wantText(t, err, "starting a source", "not a handler's")
}

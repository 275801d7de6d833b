package actor

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// What runs a handler is found in the stacks of the goroutines, when somebody asks, so that it costs a message nothing. The
// frames of methods show their receivers' addresses, those of generic types aside: there a worker is recognized, and an actor
// that starts. To note the number of a worker's goroutine instead would triple what starting that goroutine takes.

// The bounds of what is read of stacks.
const (
	maxStacks = 64 << 20 // of all goroutines
	maxStack  = 16 << 10 // of one, in a report
)

// allStacks returns the stacks of all goroutines. It stops the program for the time it takes.
func allStacks() []string {
	for size := 1 << 20; ; size *= 2 {
		buf := make([]byte, size)
		n := runtime.Stack(buf, true)
		if n < size || size >= maxStacks {
			return strings.Split(strings.TrimSpace(string(buf[:n])), "\n\n")
		}
	}
}

// ownStack returns the stack of the calling goroutine.
func ownStack() string {
	for size := 16 << 10; ; size *= 2 {
		buf := make([]byte, size)
		n := runtime.Stack(buf, false)
		if n < size || size >= maxStacks {
			return string(buf[:n])
		}
	}
}

// runs tells whether the stack is that of w's goroutine.
func (w *worker) runs(stack string) bool { return frameOf(stack, ".(*worker).run(", w) >= 0 }

// frameOf returns where in the stack the method's frame with that receiver is, -1 if nowhere.
func frameOf(stack, method string, receiver any) int {
	address := fmt.Sprintf("%p", receiver)
	for from := 0; ; {
		at := strings.Index(stack[from:], method)
		if at < 0 {
			return -1
		}
		at += from
		args, _, _ := strings.Cut(stack[at+len(method):], "\n")
		if strings.HasPrefix(args, address) && strings.IndexAny(args[len(address):], ",)?") == 0 { // ? is for one that may be out of date
			return at
		}
		from = at + len(method)
	}
}

// runningStack returns the stack of the goroutine that runs the handler of c, an actor that was killed, on worker w, or on a
// goroutine that is no worker's if w is nil; and the part of it in which the handler is. Both are "" if it is not found.
func runningStack(stacks []string, c *core, w *worker) (whole, part string) {
	for _, stack := range stacks {
		// Init of a first incarnation runs within Spawn, maybe in another actor's handler.
		if c.st.Load()&starting != 0 {
			if at := frameOf(stack, ".(*core).firstBuild(", c); at >= 0 {
				return stack, stack[:at]
			}
		} else if w != nil && w.runs(stack) {
			return stack, stack
		}
	}
	return "", ""
}

// taskStack returns the stack of a task's goroutine, "" if it is not found.
func taskStack(stacks []string, t *Task) string {
	for _, stack := range stacks {
		if frameOf(stack, ".(*Task).run(", t) >= 0 {
			return stack
		}
	}
	return ""
}

// handlerIn returns the handler or hook of c that the stack shows, "" if it shows none. Outer frames come last: the first handler
// from there is c's, further ones are those of inline calls that it makes.
func (k *kindInfo) handlerIn(stack string) string {
	lines := strings.Split(stack, "\n")
	for _, line := range slices.Backward(lines) {
		end := strings.LastIndexByte(line, '(')
		if strings.HasPrefix(line, "\t") || end < 0 {
			continue // a position in a file
		}
		name := line[:end]
		name = name[strings.LastIndexByte(name, '.')+1:]
		if slices.Contains(hookOps[:], name) {
			return k.short + "." + name
		}
		for op := range k.handlers {
			if k.handlers[op].Name == name {
				return k.what(uint16(op))
			}
		}
	}
	return ""
}

// waitReason returns what a stack's first line says: "chan receive", "running".
func waitReason(stack string) string {
	line, _, _ := strings.Cut(stack, "\n")
	_, line, _ = strings.Cut(line, "[")
	reason, _, _ := strings.Cut(line, "]")
	return reason
}

// inHandler tells which of the proc's actors the caller is a handler of, nil if of none: by its context, or because its
// goroutine is one of the proc's workers.
func (p *Proc) inHandler(ctx context.Context) *core {
	if cx, _ := originOf(ctx); cx != nil && cx.core.proc == p {
		return cx.core
	}
	stack := ownStack()
	if !strings.Contains(stack, ".(*worker).run(") {
		return nil
	}
	p.sched.mu.Lock()
	defer p.sched.mu.Unlock()
	for w := range p.sched.workers {
		if w.runs(stack) {
			return w.cx.core // the worker's own goroutine asks: nobody changes it
		}
	}
	return nil
}

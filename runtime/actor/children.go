package actor

import (
	"fmt"
	"slices"
)

// StopChildren stops all children and waits until they have ended, no longer than the context lives. HandleExit hears of them as of any that
// are stopped.
func (c *Context) StopChildren(mode StopMode, cause error) error {
	children := c.core.children() // the youngest first
	for _, child := range children {
		Handle{child}.Stop(mode, cause)
	}
	for _, child := range children {
		if err := c.awaitEnd(Handle{child}); err != nil {
			return err
		}
	}
	return nil
}

// RestartChildren asks all children for new incarnations, as Restart does, and does not wait.
func (c *Context) RestartChildren(cause error) {
	for _, child := range slices.Backward(c.core.children()) {
		child.restartByHand(cause)
	}
}

// awaitEnd waits in the handler for the end of another actor.
func (c *Context) awaitEnd(h Handle) error {
	wait := &edge{to: h.c, ended: h.Done()}
	if err := c.waitFor(wait); err != nil {
		return err
	}
	defer c.waited(wait)
	c.w.block()
	defer c.w.unblock()
	select {
	case <-wait.ended:
		return nil
	case <-c.Done():
		return contextError(fmt.Sprintf("%s: stopping its children: waiting for the end of %s", c.core.label(), h.c.label()), c)
	}
}

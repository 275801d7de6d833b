package actor

import "context"

// testBehavior is the state of the actor behind a context made for a test.
type testBehavior struct{}

var testKind = GenNewKind(GenKindSpec[*testBehavior, struct{}]{Name: "actortest.Context"})

// GenTestContext returns a context as a handler has it, of an actor of its own in p, with ctx as its caller's. It is for
// runtime/actortest.
func GenTestContext(p *Proc, ctx context.Context) (*Context, error) {
	a, err := testKind.Spawn(p, "", func() *testBehavior { return &testBehavior{} }, nil)
	if err != nil {
		return nil, err
	}
	_, hs := originOf(ctx)
	return &Context{core: &a.core, up: ctx, headers: hs}, nil
}

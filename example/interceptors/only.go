package interceptors

import (
	"context"
	"errors"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// ErrForbidden is the error of a caller that may not do what it asks for.
//
//actor:error
var ErrForbidden = errors.New("forbidden")

// Only refuses what a handler gets from those who may not send it. The zero ID is every sender that is no actor.
func Only(handler string, may func(caller actor.ID) bool) actor.Interceptor {
	return func(next actor.HandlerFunc) actor.HandlerFunc {
		return func(ctx context.Context, in actor.Incoming) error {
			if in.Handler() == handler && !may(in.Caller()) {
				return fmt.Errorf("%v: %s: %w", in.Caller(), handler, ErrForbidden)
			}
			return next(ctx, in)
		}
	}
}

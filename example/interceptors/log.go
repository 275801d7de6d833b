package interceptors

import (
	"context"
	"log/slog"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Log logs each message once it has been handled.
func Log(l *slog.Logger) actor.Interceptor {
	return func(next actor.HandlerFunc) actor.HandlerFunc {
		return func(ctx context.Context, in actor.Incoming) error {
			err := next(ctx, in)
			l.InfoContext(ctx, "handled", "handler", in.Handler(), "actor", in.Actor().Name(), "err", err)
			return err
		}
	}
}

package interceptors

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// traceparent is the header that carries the present span from message to message, as W3C Trace Context has it.
const traceparent = "traceparent"

// A Span is the handling of one message.
type Span struct {
	Trace   string // shared by all spans that one message has led to
	ID      string
	Parent  string // the span that sent the message, "" for the first of a trace
	Handler string
	Proc    string
	Begin   time.Time
	Took    time.Duration
	Err     error
}

// Trace reports a span for each message, once it has been handled. A message belongs to the trace of the span that sent it.
func Trace(report func(Span)) actor.Interceptor {
	return func(next actor.HandlerFunc) actor.HandlerFunc {
		return func(ctx context.Context, in actor.Incoming) error {
			span := Span{Handler: in.Handler(), Proc: in.Proc().Name(), ID: randomID(8), Begin: time.Now()}
			if f := strings.Split(in.Header(traceparent), "-"); len(f) == 4 {
				span.Trace, span.Parent = f[1], f[2]
			} else {
				span.Trace = randomID(16)
			}
			// Whatever the handler sends now says that this span is its parent, in every proc that it goes through.
			ctx = actor.WithHeader(ctx, traceparent, "00-"+span.Trace+"-"+span.ID+"-01")
			span.Err = next(ctx, in)
			span.Took = time.Since(span.Begin)
			report(span)
			return span.Err
		}
	}
}

func randomID(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b)
	return hex.EncodeToString(b)
}

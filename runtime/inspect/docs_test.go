package inspect_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/bank/banktest"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/inspect"
)

const page = "../../docs/introspection.md"

func introspection(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(page)
	ok(t, err)
	return string(b)
}

// Every field of the answers is on the page, and every route.
func TestPageHasEveryFieldAndRoute(t *testing.T) {
	text := introspection(t)
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() {
			return
		}
		for f := range typ.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" && !strings.Contains(text, "`"+name+"`") {
				t.Errorf("%s lacks `%s` of %v", page, name, typ)
			}
			look(f.Type)
		}
	}
	for _, v := range []any{inspect.Actor{}, inspect.Page{}, inspect.Tree{}, inspect.Ended{}, inspect.Procs{}, inspect.Proc{}, inspect.Error{}} {
		look(reflect.TypeOf(v))
	}
	for _, route := range get[map[string][]string](t, inspect.Handler(), "/")["routes"] {
		path, _, _ := strings.Cut(route, "?")
		if !strings.Contains(text, "`"+path+"`") && !strings.Contains(text, "`"+path+"?") {
			t.Errorf("%s lacks the route %s", page, path)
		}
	}
}

var (
	fence   = regexp.MustCompile("(?s)```json\n(.*?)```")
	anyUUID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// The example of the page is what the route answers, UUIDs aside.
func TestExampleOfThePageIsTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logger := slog.New(slog.NewTextHandler(io.Discard, nil))
		p := actortest.NewProc(t, actor.WithLogger(logger))
		clearing := make(chan struct{})
		fake := &banktest.Account{
			OnDeposit: func(ctx context.Context, transfer string, amount bank.Money, note string) error {
				cx := ctx.(*actor.Context)
				cx.Publish(slog.String("owner", "Alice"), slog.Group("day", slog.Int64("in", int64(amount)), slog.Int("out", 0)))
				cx.Log().With("transfer", transfer).Info("waiting for the clearing house", "amount", int64(amount))
				<-clearing
				return nil
			},
			OnFind: func(context.Context, string) (bank.Entry, error) { return bank.Entry{}, nil },
		}
		alice, err := fake.Spawn(p, "alice")
		ok(t, err)
		for range 2 {
			_, err := alice.Find(t.Context(), "t1")
			ok(t, err)
		}
		time.Sleep(time.Minute)
		for _, transfer := range []string{"t1", "t2"} {
			go alice.Deposit(context.Background(), transfer, 2500, "rent")
			synctest.Wait()
		}
		time.Sleep(90 * time.Second)
		defer close(clearing)

		b, err := io.ReadAll(answer(inspect.Handler(p), "GET", "/procs/test/actor?name=alice").Body)
		ok(t, err)
		got := anyUUID.ReplaceAllString(string(b), "0190d6f0-7c1e-7d3a-8f2b-5e0c9a7b4d21")
		m := fence.FindStringSubmatch(introspection(t))
		if m == nil || m[1] != got {
			t.Errorf("the example of %s should be\n%s", page, got)
		}
	})
}

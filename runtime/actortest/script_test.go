package actortest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample/sampletest"
)

type (
	talkScript = actortest.Script[string, int64, int64, string]
	talkServer = actor.SessionServer[string, int64, int64]
	talkClient = actor.SessionClient[string, int64, int64, string]
)

// scripted opens a session that the script plays.
func scripted(t *testing.T, script *talkScript) *talkClient {
	t.Helper()
	fake := &sampletest.Gate{OnTalk: func(_ *actor.Context, _ string, s *talkServer) (string, error) { return script.Run(s) }}
	g, err := fake.Spawn(actortest.NewProc(t), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Talk(t.Context(), "numbers")
	if err != nil {
		t.Fatal(err)
	}
	if calls := fake.TalkCalls(); len(calls) != 1 || calls[0].Topic != "numbers" {
		t.Errorf("recorded: %+v", calls)
	}
	return s
}

func newScript() *talkScript { return actortest.NewScript[string, int64, int64, string]("hello") }

func TestScriptPlaysASession(t *testing.T) {
	told := 0
	s := scripted(t, newScript().Want(1, 2).Send(3, 4).Do(func() error { told++; return nil }).WantEnd().Return("over", nil))
	ctx := t.Context()
	for _, err := range []error{s.Send(ctx, 1), s.Send(ctx, 2), s.CloseSend()} {
		if err != nil {
			t.Error(err)
		}
	}
	var got []int64
	for v, err := range s.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if r, err := s.Result(ctx); s.Opening() != "hello" || len(got) != 2 || got[0] != 3 || got[1] != 4 || r != "over" || err != nil || told != 1 {
		t.Errorf("opened with %q, received %v, %q, %v, %d", s.Opening(), got, r, err, told)
	}
}

func TestScriptNamesTheStepThatWentOtherwise(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		script *talkScript
		client func(s *talkClient)
		want   string
	}{
		"another value": {newScript().Send(1).Want(5), func(s *talkClient) { s.Send(context.Background(), 6) }, "step 2 of 2, receiving: received 6, want 5"},
		"no end":        {newScript().WantEnd(), func(s *talkClient) { s.Send(context.Background(), 6) }, "step 1 of 1, receiving the end: received 6, want the end"},
		"an early end":  {newScript().Want(5), func(s *talkClient) { s.CloseSend() }, "step 1 of 1, receiving: " + io.EOF.Error()},
		"a check":       {newScript().Recv(func(int64) error { return boom }), func(s *talkClient) { s.Send(context.Background(), 6) }, "receiving: boom"},
		"a cancel":      {newScript().Cancel(boom), func(*talkClient) {}, "the session was canceled by sample.Gate"},
		"its own error": {newScript().Return("", boom), func(*talkClient) {}, "boom"},
	} {
		t.Run(name, func(t *testing.T) {
			s := scripted(t, c.script)
			c.client(s)
			if _, err := s.Result(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

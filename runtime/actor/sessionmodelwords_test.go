package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// What can be seen of a session from outside, in the words that the runtime and the model share.

// A talkSight is what can be seen when everybody waits.
type talkSight struct {
	outs           [agents]string // what those have got who have done something
	begun          bool           // the handler
	returned       bool
	client, server string // the ends, as far as there are any
	toServer       string // the kinds of what is on its way
	toClient       string
}

func (s talkSight) String() string {
	var b strings.Builder
	for who, out := range s.outs {
		if out != "" {
			fmt.Fprintf(&b, "%s: %s; ", [...]string{"handler", "first client", "second client", "other"}[who], out)
		}
	}
	fmt.Fprintf(&b, "handler begun %v, returned %v; client %s; server %s; to the server [%s], to the client [%s]", s.begun, s.returned, s.client, s.server,
		s.toServer, s.toClient)
	return b.String()
}

// sight is what can be seen of the model.
func (t *sessionModel) sight() (s talkSight) {
	for who := range t.does {
		s.outs[who] = t.does[who].out
	}
	s.begun, s.returned = t.server.begun, t.server.begun && t.server.returned
	if c := &t.client; c.phase == phaseOpen {
		by := ""
		switch {
		case c.canceled != "" && (!c.over || c.err == c.canceled) && c.mine:
			by = "client"
		case c.canceled != "" && (!c.over || c.err == c.canceled), c.over && strings.HasPrefix(c.err, "canceled"):
			by = "actor"
		}
		s.client = talkEndSight(c.state(), by, c.out.lost)
	}
	if v := &t.server; v.begun && !v.returned {
		by := ""
		if v.canceled != "" && !v.over {
			by = "client"
			if v.mine {
				by = "actor"
			}
		}
		s.server = talkEndSight(v.state(), by, v.in.lost)
		if t.handlerOver() {
			s.server += ", its context has ended"
		}
	}
	s.toServer, s.toClient = packetKinds(t.toServer), packetKinds(t.toClient)
	return s
}

func talkEndSight(state actor.SessionState, by string, lost int) string {
	return fmt.Sprintf("%v, canceled by %q, %d lost", state, by, lost)
}

// state is what State says at the client's end of a session that it has.
func (c *clientView) state() actor.SessionState {
	switch {
	case c.mine && (!c.over || c.err == c.canceled):
		return actor.SessionSelfCancel
	case c.canceled != "" && !c.over, c.over && strings.HasPrefix(c.err, "canceled"):
		return actor.SessionPeerCancel
	case c.over && c.err == "ok":
		return actor.SessionReturned
	case c.over && strings.HasPrefix(c.err, "stopped"):
		return actor.SessionActorClosed
	case c.over:
		return actor.SessionFailed
	case c.inClosed && c.out.unread:
		return actor.SessionDrained
	case c.streamed:
		return actor.SessionStreaming
	}
	return actor.SessionOpen
}

// state is what State says while the handler runs.
func (v *serverView) state() actor.SessionState {
	switch {
	case v.canceled != "" && !v.over && v.mine:
		return actor.SessionSelfCancel
	case v.canceled != "" && !v.over:
		return actor.SessionPeerCancel
	case v.over:
		return actor.SessionActorClosed // the actor has gone on without the handler
	case !v.opened:
		return actor.SessionOpening
	case v.inClosed && v.outClosed:
		return actor.SessionDrained
	case v.streamed:
		return actor.SessionStreaming
	}
	return actor.SessionOpen
}

// packetKinds returns the kinds of the packets on a way.
func packetKinds(all string) string {
	var kinds []string
	for packet := range strings.Lines(all) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(packet), " ")
		if kind == "answer" && rest != "ok" {
			kind = "error"
		}
		kinds = append(kinds, kind)
	}
	return strings.Join(kinds, " ")
}

// messageKinds returns those of the runtime's messages.
func messageKinds(all []sentMessage) string {
	var kinds []string
	for _, m := range all {
		kind := map[actor.MessageKind]string{actor.MessageCall: "call", actor.MessageAnswer: "answer", actor.MessageError: "error",
			actor.MessageCancel: "cancel", actor.MessageOpened: "opened", actor.MessageIn: "in", actor.MessageOut: "out", actor.MessageInEnd: "inEnd",
			actor.MessageInRoom: "inRoom", actor.MessageOutRoom: "outRoom"}[m.env.Kind]
		kinds = append(kinds, kind)
	}
	return strings.Join(kinds, " ")
}

// talkMarks are what tells causes apart in the texts of errors.
var talkMarks = regexp.MustCompile(`!m\d+|goroutine was ended|too much`)

// word is the word for an error. who names who has canceled.
func (w *talkWorld) word(err error) string {
	var canceled *actor.Canceled
	var own *sample.TooMuch
	code := actor.CodeOf(err)
	marked := func(what string) string { return strings.TrimSpace(what + " " + talkMarks.FindString(err.Error())) }
	switch {
	case err == nil:
		return "ok"
	case err == io.EOF:
		return "EOF"
	case code == actor.CodeStopped:
		return marked("stopped")
	case errors.As(err, &canceled):
		if !errors.Is(err, context.Canceled) {
			return "a cancellation that is no context.Canceled: " + err.Error()
		}
		return marked("canceled by " + w.named(canceled.By))
	case code == actor.CodePanic:
		return marked("panic")
	case errors.As(err, &own):
		return fmt.Sprint("own ", own.Asked)
	case code == actor.CodeMisuse:
		return "misuse"
	case code == actor.CodeOverrun:
		return "overrun"
	case code == actor.CodeUnreachable:
		return "unreachable"
	case code == actor.CodeNotFound:
		return "not found"
	case code == actor.CodeCanceled:
		return "context"
	case code == actor.CodeDeadline:
		return "deadline"
	case strings.Contains(err.Error(), "EOF"):
		return "error EOF"
	}
	return "unexpected: " + err.Error()
}

// named names who is at an end.
func (w *talkWorld) named(id actor.ID) string {
	switch {
	case id == actor.ID{}:
		return ""
	case id == actor.ID{Proc: w.procs[atClient].ID()}:
		return "client"
	case id == w.host.Actor().ID():
		return "actor"
	case id == actor.ID{Proc: w.procs[atServer].ID()}:
		return "link"
	}
	return id.String()
}

package actor_test

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// What can be seen of a run's actors from outside, in words that the model has, too.

var (
	labelText = regexp.MustCompile(`sample\.Gate #(\d+)`)
	tokenText = regexp.MustCompile(`\ba-?\d+\b|\bn[abc]\b|![a-z]\d+(?:\.\d+)?|panic:|goroutine was ended|\b(?:build|Init|Cleanup|HandleExit|HandleUndelivered) of|Cleanup has not returned|build has returned nil|child|is stopping|is restarting|was killed|has not stopped|shutting down|time is up`)
)

// canonical reduces an error to what the model says of it: who and what its text names, and which marks are in it.
func (s *stage) canonical(err error) string {
	if err == nil {
		return "-"
	}
	s.mu.Lock()
	text := labelText.ReplaceAllStringFunc(err.Error(), func(l string) string {
		serial, _ := strconv.ParseUint(strings.TrimPrefix(l, "sample.Gate #"), 10, 64)
		slot, known := s.serials[serial]
		if !known {
			slot = nobody
		}
		return fmt.Sprintf("a%d", slot)
	})
	s.mu.Unlock()
	return cause{strings.Join(tokenText.FindAllString(text, -1), " "), strings.Join(marksOf(err), " ")}.String()
}

// status is an actor's status in canonical form.
func (s *stage) status(st actor.Status) string {
	text := fmt.Sprintf("%v after %d restarts, %s", st.State, st.Restarts, s.canonical(st.Cause))
	if st.Busy {
		text += ", busy"
	}
	return text
}

// snapshot is what can be seen of the runtime while everybody waits.
func (s *stage) snapshot() snapshot {
	all := snapshot{}
	s.mu.Lock()
	handles := map[int]sample.GateHandle{}
	for slot, h := range s.handles {
		handles[slot] = h
	}
	s.mu.Unlock()
	for slot, h := range handles {
		now := h.Actor().Status()
		if last := s.last[slot]; last.Status != now || last.text == "" {
			s.last[slot] = lastStatus{now, s.status(now)}
		}
		all[fmt.Sprintf("a%d", slot)] = s.last[slot].text
	}
	for _, name := range names {
		found := nobody
		if h, err := sample.LookupGate(s.proc, name); err == nil {
			for slot := range handles {
				if handles[slot] == h {
					found = slot
				}
			}
		}
		all[name] = fmt.Sprintf("a%d", found)
	}
	for i, f := range s.proc.Failures() {
		s.mu.Lock()
		slot := s.slot(f.ID)
		s.mu.Unlock()
		all[fmt.Sprintf("failure %d", i)] = fmt.Sprintf("a%d: %s", slot, s.canonical(f.Err))
	}
	all["drops"] = fmt.Sprint(s.proc.Drops()[actor.CodeStopped])
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, f := range s.fates {
		all[fmt.Sprintf("m%d", id)] = f.String()
	}
	return all
}

// ends returns what has become of the messages.
func (s *stage) ends() map[int]fate {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[int]fate{}
	for id, f := range s.fates {
		all[id] = *f
	}
	return all
}

// A snapshot is what can be seen from outside, by what it is about.
type snapshot map[string]string

// diff tells where want and got differ.
func (want snapshot) diff(got snapshot) string {
	var all []string
	for what, text := range want {
		if got[what] != text {
			all = append(all, fmt.Sprintf("%s: the model has %s; the runtime has %s", what, text, got[what]))
		}
	}
	for what, text := range got {
		if _, both := want[what]; !both {
			all = append(all, fmt.Sprintf("%s: the model has nothing; the runtime has %s", what, text))
		}
	}
	sort.Strings(all)
	return strings.Join(all, "\n")
}

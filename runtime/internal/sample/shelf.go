package sample

import (
	"context"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Glass is a text that breaks on the way if it says so: its decoding panics, as that of a type may whose author did not think of what a stranger sends.
type Glass struct{ broken bool }

// Broken returns the Glass that panics.
func Broken() Glass { return Glass{broken: true} }

// MarshalText returns what UnmarshalText takes.
func (g Glass) MarshalText() ([]byte, error) {
	if g.broken {
		return []byte("broken"), nil
	}
	return []byte("whole"), nil
}

// UnmarshalText panics at a broken one.
func (g *Glass) UnmarshalText(text []byte) error {
	if string(text) == "broken" {
		panic("shards")
	}
	return nil
}

// A Shelf has one glass.
//
//actor:actor
type Shelf struct {
	Glass    Glass
	OnBrowse func(ctx *actor.Context, s *actor.SessionServer[Glass, Glass, Glass]) (Glass, error)
}

// Put puts a glass on the shelf.
//
//actor:handler oneway
func (s *Shelf) Put(ctx *actor.Context, g Glass) { s.Glass = g }

// Take returns the glass that is on the shelf, for another.
//
//actor:handler
func (s *Shelf) Take(ctx context.Context, g Glass) (Glass, error) {
	before := s.Glass
	s.Glass = g
	return before, nil
}

// Browse runs OnBrowse.
//
//actor:handler
func (s *Shelf) Browse(ctx *actor.Context, talk *actor.SessionServer[Glass, Glass, Glass]) (Glass, error) {
	if s.OnBrowse == nil {
		return Glass{}, errNotScripted
	}
	return s.OnBrowse(ctx, talk)
}

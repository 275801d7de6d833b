package bank

import (
	"context"
	"errors"
)

// A Lobby is where a branch in another process reports for work. It is the one actor whose address that
// process is told; all others come in messages, as refs.
//
//actor:actor
type Lobby struct {
	opened chan<- Branch
}

// NewLobby returns a lobby that sends the branch that opens to opened, which must have room for one.
func NewLobby(opened chan<- Branch) *Lobby { return &Lobby{opened: opened} }

// Open says that a branch is ready.
//
//actor:handler
func (l *Lobby) Open(ctx context.Context, branch Branch) error {
	select {
	case l.opened <- branch:
		return nil
	default:
		return errors.New("open a branch: another one has opened already")
	}
}

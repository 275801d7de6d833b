package actor

import (
	"hash/maphash"
	"sync"
)

// registryShards is a power of two: enough that spawning goroutines seldom meet.
const registryShards = 32

// names finds actors by name.
type names struct {
	seed   maphash.Seed
	shards [registryShards]struct {
		mu sync.RWMutex
		m  map[string]*core
		_  [32]byte // shards of their own cache lines
	}
}

func (n *names) init() {
	n.seed = maphash.MakeSeed()
	for i := range n.shards {
		n.shards[i].m = make(map[string]*core)
	}
}

// put takes the name for c, or returns the actor that has it.
func (n *names) put(name string, c *core) *core {
	s := &n.shards[maphash.String(n.seed, name)%registryShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.m[name]; other != nil {
		return other
	}
	s.m[name] = c
	return nil
}

// get returns the actor of that name, one that is being spawned left out.
func (n *names) get(name string) *core {
	s := &n.shards[maphash.String(n.seed, name)%registryShards]
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c := s.m[name]; c != nil && c.st.Load()&(starting|ended) == 0 {
		return c
	}
	return nil
}

// any returns the actor of that name, also one that is being spawned.
func (n *names) any(name string) *core {
	s := &n.shards[maphash.String(n.seed, name)%registryShards]
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c := s.m[name]; c != nil && c.st.Load()&ended == 0 {
		return c
	}
	return nil
}

// remove frees the name if c has it.
func (n *names) remove(name string, c *core) {
	s := &n.shards[maphash.String(n.seed, name)%registryShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m[name] == c {
		delete(s.m, name)
	}
}

// serials finds the actors that have refs by number.
type serials struct {
	shards [registryShards]struct {
		mu sync.RWMutex
		m  map[uint64]*core
		_  [32]byte
	}
}

func (n *serials) init() {
	for i := range n.shards {
		n.shards[i].m = make(map[uint64]*core)
	}
}

func (n *serials) put(serial uint64, c *core) {
	s := &n.shards[serial%registryShards]
	s.mu.Lock()
	s.m[serial] = c
	s.mu.Unlock()
}

func (n *serials) get(serial uint64) *core {
	s := &n.shards[serial%registryShards]
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.m[serial]
}

func (n *serials) remove(serial uint64) {
	s := &n.shards[serial%registryShards]
	s.mu.Lock()
	delete(s.m, serial)
	s.mu.Unlock()
}

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
	shards [registryShards]nameShard
}

func (n *names) init() { n.seed = maphash.MakeSeed() }

// shard returns where a name is, and its hash there, which is not 0.
func (n *names) shard(name string) (*nameShard, uint32) {
	hash := maphash.String(n.seed, name)
	return &n.shards[hash%registryShards], uint32(hash>>32) | 1
}

// put takes the name for c, or returns the actor that has it.
func (n *names) put(name string, c *core) *core {
	s, hash := n.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if 4*(s.taken+1) > 3*len(s.slots) {
		s.grow()
	}
	i, other := s.find(name, hash)
	if other == nil {
		s.slots[i] = nameSlot{hash, c}
		s.taken++
	}
	return other
}

// get returns the actor of that name, one that is being spawned left out.
func (n *names) get(name string) *core { return n.without(name, starting|ended) }

// any returns the actor of that name, also one that is being spawned.
func (n *names) any(name string) *core { return n.without(name, ended) }

// without returns the actor of that name if it has none of the states.
func (n *names) without(name string, states uint32) *core {
	s, hash := n.shard(name)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, c := s.find(name, hash); c != nil && c.st.Load()&states == 0 {
		return c
	}
	return nil
}

// remove frees the name if c has it.
func (n *names) remove(name string, c *core) {
	s, hash := n.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, has := s.find(name, hash); has == c {
		s.clear(i)
	}
}

// A nameShard is a hash table with open addressing and linear probing. It beats a map of strings for a million names: a name is kept
// by its actor alone, hashed once, and compared only with one of the same hash, so that taking a new one misses the cache once.
type nameShard struct {
	mu    sync.RWMutex
	taken int
	slots []nameSlot // a power of two of them, at most three quarters taken; none at first
	_     [8]byte    // shards of their own cache lines
}

// A nameSlot is free while its hash is 0.
type nameSlot struct {
	hash uint32
	c    *core
}

// find returns the actor of that name and its slot, or nil and the free slot for it.
func (s *nameShard) find(name string, hash uint32) (int, *core) {
	if len(s.slots) == 0 {
		return 0, nil
	}
	for i := s.home(hash); ; i = s.after(i) {
		switch slot := &s.slots[i]; {
		case slot.hash == 0:
			return i, nil
		case slot.hash == hash && slot.c.name == name:
			return i, slot.c
		}
	}
}

// home is where the search for a hash begins.
func (s *nameShard) home(hash uint32) int { return int(hash>>1) & (len(s.slots) - 1) }

func (s *nameShard) after(i int) int { return (i + 1) & (len(s.slots) - 1) }

// grow doubles the slots.
func (s *nameShard) grow() {
	old := s.slots
	s.slots = make([]nameSlot, max(8, 2*len(old)))
	for _, slot := range old {
		if slot.hash == 0 {
			continue
		}
		i := s.home(slot.hash)
		for s.slots[i].hash != 0 {
			i = s.after(i)
		}
		s.slots[i] = slot
	}
}

// clear frees a slot, and moves those after it that the search would not find any more across the gap.
func (s *nameShard) clear(gap int) {
	for i := s.after(gap); s.slots[i].hash != 0; i = s.after(i) {
		away, toGap := s.distance(s.home(s.slots[i].hash), i), s.distance(gap, i)
		if away >= toGap {
			s.slots[gap] = s.slots[i]
			gap = i
		}
	}
	s.slots[gap] = nameSlot{}
	s.taken--
}

// distance is how many steps it is from one slot to another.
func (s *nameShard) distance(from, to int) int { return (to - from) & (len(s.slots) - 1) }

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

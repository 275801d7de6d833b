package actor

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"time"
)

// A UUID is a UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits.
// The zero value is no id.
type UUID [16]byte

// String returns the usual form, as 0190d6f0-7c1e-7d3a-8f2b-5e0c9a7b4d21.
func (u UUID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], u[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], u[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], u[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], u[8:10])
	b[23] = '-'
	hex.Encode(b[24:36], u[10:16])
	return string(b[:])
}

// IsZero tells whether u is no id.
func (u UUID) IsZero() bool { return u == UUID{} }

// newUUID makes a UUIDv7 of now.
func newUUID() UUID {
	var u UUID
	binary.BigEndian.PutUint64(u[0:8], uint64(time.Now().UnixMilli())<<16|rand.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(u[8:16], rand.Uint64()>>2|1<<63)
	return u
}

// incarnation returns the id of the actor's present run. That of the first is not kept but made of what is: the time of its birth, and the
// random bits of the proc's id mixed with the actor's number, which no other actor has.
func (c *core) incarnation() UUID {
	if sd := c.side.Load(); sd != nil {
		sd.mu.Lock()
		again := sd.rerun
		sd.mu.Unlock()
		if again != nil {
			return again.id
		}
	}
	return firstIncarnation(c.proc, c.serial, c.born)
}

func firstIncarnation(p *Proc, serial uint64, born uint32) UUID {
	mixed := (serial ^ serial>>30) * 0xbf58476d1ce4e5b9 // one to one
	mixed ^= mixed >> 31
	u := p.id
	random := binary.BigEndian.Uint64(u[0:8])
	ms := uint64(p.sched.clock.time(born).UnixMilli())
	binary.BigEndian.PutUint64(u[0:8], ms<<16|(random^mixed>>62)&0x0fff|0x7000)
	binary.BigEndian.PutUint64(u[8:16], (binary.BigEndian.Uint64(u[8:16])^mixed)&(1<<62-1)|1<<63)
	return u
}

// An ID names one actor for as long as it lives, restarts included: the proc that hosts it, and its number there.
// The zero value is nobody.
type ID struct {
	// Proc is the id of the hosting proc's run: a proc that is started again is another one.
	Proc UUID
	// Serial is the actor's number within that proc, from 1. Numbers are never used again.
	Serial uint64
}

// IsZero tells whether id is nobody.
func (id ID) IsZero() bool { return id == ID{} }

// String returns the proc's id and the serial number, as 0190d6f0-7c1e-7d3a-8f2b-5e0c9a7b4d21#12.
func (id ID) String() string {
	if id.IsZero() {
		return "nobody"
	}
	return id.Proc.String() + "#" + strconv.FormatUint(id.Serial, 10)
}

package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Each side begins with a hello: the magic, the version of the protocol, the length and CRC-32C of the body (2, 2 and
// 4 bytes, little-endian), then the body. Magic, version and length keep their places in all versions.
const (
	magic       = "actorgen"
	version     = 1
	helloHeader = len(magic) + 2 + 2 + 4
	maxHello    = 4 << 10
	maxProcName = 1 << 10
	maxAddress  = 1 << 10
)

// A hello is what a proc tells about itself. Later versions may add to its end.
type hello struct {
	id        actor.UUID
	name      string
	address   string        // the one that others should dial; empty if none
	maxFrame  int           // the longest message that it takes
	keepAlive time.Duration // it is never silent for longer
}

func appendHello(b []byte, h *hello) []byte {
	at := len(b)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint16(b, version)
	b = append(b, 0, 0, 0, 0, 0, 0)
	b = append(b, h.id[:]...)
	b = binary.AppendUvarint(b, uint64(h.maxFrame))
	b = binary.AppendUvarint(b, uint64(h.keepAlive/time.Millisecond))
	b = appendString(b, h.name)
	b = appendString(b, h.address)
	body := b[at+helloHeader:]
	binary.LittleEndian.PutUint16(b[at+len(magic)+2:], uint16(len(body)))
	binary.LittleEndian.PutUint32(b[at+len(magic)+4:], crc32.Checksum(body, castagnoli))
	return b
}

// Reasons to refuse a hello.
var errMagic = errors.New("whoever is there does not speak the protocol of actorgen")

type versionError struct{ theirs uint16 }

func (e versionError) Error() string {
	return fmt.Sprintf("the other side speaks version %d of the protocol of actorgen, and this side version %d: build both with the same release",
		e.theirs, version)
}

// readHello reads a hello, and not a byte more.
func readHello(r io.Reader) (*hello, error) {
	var head [helloHeader]byte
	// The magic alone first: another protocol may send less than a header and wait.
	if _, err := io.ReadFull(r, head[:len(magic)]); err != nil {
		return nil, fmt.Errorf("reading the hello: %w", err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, errMagic
	}
	if _, err := io.ReadFull(r, head[len(magic):]); err != nil {
		return nil, fmt.Errorf("reading the hello: %w", err)
	}
	if v := binary.LittleEndian.Uint16(head[len(magic):]); v != version {
		return nil, versionError{v}
	}
	n := int(binary.LittleEndian.Uint16(head[len(magic)+2:]))
	if n > maxHello {
		return nil, fmt.Errorf("a hello of %d bytes, over the limit of %d", n, maxHello)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("reading the hello: %w", err)
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[len(magic)+4:]) {
		return nil, errors.New("a hello whose checksum is wrong")
	}
	return parseHello(body)
}

func parseHello(body []byte) (*hello, error) {
	r := reader{b: body}
	var h hello
	h.id = r.id()
	frame, alive := r.uvarint(), r.uvarint()
	h.name = string(r.bytes(maxProcName))
	h.address = string(r.bytes(maxAddress))
	switch {
	case r.err != nil:
		return nil, fmt.Errorf("a hello with %w", r.err)
	case h.id.IsZero():
		return nil, errors.New("a hello without the proc's id")
	case !plain(h.name) || h.name == "" || !plain(h.address):
		return nil, errors.New("a hello with unreadable text")
	case frame < minFrame || frame > math.MaxInt32:
		return nil, fmt.Errorf("a hello with a frame limit of %d bytes", frame)
	case alive < 1 || alive > uint64(maxKeepAlive/time.Millisecond):
		return nil, fmt.Errorf("a hello with a keepalive interval of %d ms", alive)
	}
	h.maxFrame, h.keepAlive = int(frame), time.Duration(alive)*time.Millisecond
	return &h, nil
}

// plain tells whether s can be shown as it is.
func plain(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

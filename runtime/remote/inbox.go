package remote

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// The buffer of an inbox: as it begins, and how far it grows while nothing but the rate asks for it.
const (
	inboxSmall = 16 << 10
	inboxUsual = 256 << 10
)

// maxEmptyReads is how often a connection may return nothing, and no error either.
const maxEmptyReads = 100

// An inbox reads batches.
type inbox struct {
	src      io.Reader
	buf      []byte
	from, to int // what was read and not yet returned is buf[from:to]
	maxBody  int
	quiet    int    // times that the buffer began anew since a batch did not fit the usual one
	reads    func() // told of every read that brought something
}

func newInbox(src io.Reader, maxFrame int, reads func()) *inbox {
	return &inbox{src: src, buf: make([]byte, inboxSmall), maxBody: maxBatch(maxFrame), reads: reads}
}

// next returns the body of the next batch; it is valid until the next call. io.EOF is an end between two batches.
func (in *inbox) next() ([]byte, error) {
	for {
		need := batchHeader
		if have := in.to - in.from; have >= batchHeader {
			head := in.buf[in.from:in.to]
			n := binary.LittleEndian.Uint32(head)
			if uint64(n) > uint64(in.maxBody) {
				return nil, fmt.Errorf("a batch of %d bytes, over the limit of %d", n, in.maxBody)
			}
			if need += int(n); need > inboxUsual {
				in.quiet = 0
			}
			if have >= need {
				body := head[batchHeader:need]
				if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
					return nil, errChecksum
				}
				in.from += need
				return body, nil
			}
		}
		if err := in.fill(need); err != nil {
			return nil, err
		}
	}
}

// fill reads more, towards need bytes from in.from on.
func (in *inbox) fill(need int) error {
	if in.from > 0 && (in.from == in.to || in.from+need > len(in.buf)) {
		to := in.buf
		if in.quiet++; in.quiet > 8 && len(to) > inboxUsual && need <= inboxUsual {
			to = make([]byte, inboxUsual) // the large message is long gone
		}
		in.to = copy(to, in.buf[in.from:in.to])
		in.buf, in.from = to, 0
	}
	if in.to == len(in.buf) { // not even need fits
		in.grow(min(need, 2*len(in.buf))) // what was announced has to come before room is made for it
	}
	for range maxEmptyReads {
		n, err := in.src.Read(in.buf[in.to:])
		switch {
		case n > 0:
			in.to += n
			in.reads()
			if in.to == len(in.buf) && len(in.buf) < inboxUsual {
				in.grow(2 * len(in.buf))
			}
			return nil
		case err == io.EOF && in.to > in.from:
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

func (in *inbox) grow(size int) {
	grown := make([]byte, size)
	in.to = copy(grown, in.buf[in.from:in.to])
	in.from = 0
	in.buf = grown
	in.quiet = 0
}

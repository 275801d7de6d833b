package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// What travels on a link, after the handshake, are batches: the length of the body and its CRC-32C, four bytes each and
// little-endian, then the body. The body is a sequence of messages, each with its length in four bytes before it.
// An empty batch keeps the link alive.
const (
	batchHeader   = 8
	messageHeader = 4

	// batchTarget ends a batch: once the body is this long the next message begins another one. It is long enough
	// that header and checksum do not show, and short enough that the receiver works in its cache.
	batchTarget = 64 << 10
)

// maxBatch is the longest body that a sender makes whose messages have at most maxFrame bytes.
func maxBatch(maxFrame int) int { return batchTarget + messageHeader + maxFrame }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal sets the checksums of the complete batches in b.
func seal(b []byte) {
	for len(b) >= batchHeader {
		n := int(binary.LittleEndian.Uint32(b))
		body := b[batchHeader : batchHeader+n]
		binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(body, castagnoli))
		b = b[batchHeader+n:]
	}
}

// Reasons to refuse a batch.
var (
	errChecksum = errors.New("a batch whose checksum is wrong")
	errMessage  = errors.New("a message that does not fit its batch")
)

// nextMessage splits the body of a batch.
func nextMessage(body []byte, maxFrame int) (msg, rest []byte, err error) {
	if len(body) < messageHeader {
		return nil, nil, errMessage
	}
	n := uint64(binary.LittleEndian.Uint32(body))
	body = body[messageHeader:]
	switch {
	case n > uint64(maxFrame):
		return nil, nil, fmt.Errorf("a message of %d bytes, over the limit of %d", n, maxFrame)
	case n == 0 || n > uint64(len(body)):
		return nil, nil, errMessage
	}
	return body[:n], body[n:], nil
}

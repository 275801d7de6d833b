package remote

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// batchOf makes a batch of messages.
func batchOf(messages ...string) []byte {
	b := make([]byte, batchHeader)
	for _, m := range messages {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(m)))
		b = append(b, m...)
	}
	return sealed(b)
}

// sealed sets length and checksum of a batch.
func sealed(b []byte) []byte {
	binary.LittleEndian.PutUint32(b, uint32(len(b)-batchHeader))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[batchHeader:], castagnoli))
	return b
}

// readAll reads batches and messages until the first error.
func readAll(r io.Reader, maxFrame int) (messages []string, err error) {
	in := newInbox(r, maxFrame, func() {})
	for {
		body, err := in.next()
		if err != nil {
			return messages, err
		}
		for len(body) > 0 {
			var msg []byte
			if msg, body, err = nextMessage(body, maxFrame); err != nil {
				return messages, err
			}
			messages = append(messages, string(msg))
		}
	}
}

// parity: BT46
func TestBatchesComeThroughInAnyPortions(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var stream []byte
	var want []string
	for range 300 {
		var batch []string
		for range rnd.IntN(5) { // some batches are empty
			size := 1 + rnd.IntN(100)
			batch = append(batch, strings.Repeat(string(rune('a'+rnd.IntN(26))), size))
		}
		if rnd.IntN(20) == 0 {
			batch = append(batch, strings.Repeat("z", 1+rnd.IntN(100_000)))
		}
		stream = append(stream, batchOf(batch...)...)
		want = append(want, batch...)
	}
	for name, r := range map[string]io.Reader{
		"at once":      bytes.NewReader(stream),
		"by the byte":  iotest.OneByteReader(bytes.NewReader(stream)),
		"by half":      iotest.HalfReader(bytes.NewReader(stream)),
		"with the EOF": iotest.DataErrReader(bytes.NewReader(stream)),
	} {
		got, err := readAll(r, 100_000)
		if err != io.EOF || len(got) != len(want) {
			t.Fatalf("%s: %d messages, want %d, %v", name, len(got), len(want), err)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: message %d differs", name, i)
			}
		}
	}
}

func TestBadBatchesAreRefused(t *testing.T) {
	const limit = 1000
	flipped := batchOf("hello")
	flipped[10] ^= 1
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"wrong checksum":         {flipped, "checksum"},
		"empty, wrong checksum":  {[]byte{0, 0, 0, 0, 1, 0, 0, 0}, "checksum"},
		"too long":               {binary.LittleEndian.AppendUint64(nil, uint64(maxBatch(limit)+1)), "over the limit"},
		"endless":                {bytes.Repeat([]byte{0xff}, 100), "over the limit"},
		"cut":                    {batchOf("hello")[:11], "unexpected EOF"},
		"cut header":             {batchOf("hello")[:5], "unexpected EOF"},
		"message over the limit": {batchOf(strings.Repeat("x", limit+1)), "over the limit"},
		"message of nothing":     {batchOf(""), "does not fit"},
		"message over the end":   {sealed([]byte{0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 'x'}), "does not fit"},
		"half a length":          {sealed([]byte{0, 0, 0, 0, 0, 0, 0, 0, 9, 0}), "does not fit"},
	} {
		got, err := readAll(bytes.NewReader(c.b), limit)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(got) > 0 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestRoomIsMadeForWhatCameNotForWhatIsAnnounced(t *testing.T) {
	const limit = 64 << 20
	b := binary.LittleEndian.AppendUint32(nil, uint32(limit))
	in := newInbox(bytes.NewReader(append(b, make([]byte, 5000)...)), limit, func() {})
	if _, err := in.next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	if len(in.buf) > 2*inboxSmall {
		t.Errorf("%d bytes were allocated for 5,000", len(in.buf))
	}
}

func TestInboxGivesBackTheRoomOfALargeMessage(t *testing.T) {
	stream := batchOf(strings.Repeat("x", 1<<20))
	for range 10_000 {
		stream = append(stream, batchOf(strings.Repeat("y", 1000))...)
	}
	in := newInbox(bytes.NewReader(stream), 1<<20, func() {})
	for {
		if _, err := in.next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if len(in.buf) > inboxUsual {
		t.Errorf("the buffer still has %d bytes", len(in.buf))
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(batchOf("hello", "world"))
	f.Add(append(batchOf(), batchOf("x")...))
	f.Add(bytes.Repeat([]byte{0xff}, 20))
	b, err := os.ReadFile(traffic)
	if err != nil {
		f.Fatal(err)
	}
	for at := 0; at < len(b); {
		n := batchHeader + int(binary.LittleEndian.Uint32(b[at:]))
		f.Add(b[at : at+n])
		at += n
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 4096
		got, err := readAll(bytes.NewReader(b), limit)
		if err == nil {
			t.Fatal("no end")
		}
		// The same with a checksum that is right, so that what follows it is reached.
		if len(b) >= batchHeader && len(b)-batchHeader <= maxBatch(limit) {
			again, err := readAll(bytes.NewReader(sealed(bytes.Clone(b))), limit)
			if err == nil {
				t.Fatal("no end")
			}
			got = append(got, again...)
		}
		for _, m := range got {
			if len(m) == 0 || len(m) > limit {
				t.Fatalf("a message of %d bytes", len(m))
			}
		}
	})
}

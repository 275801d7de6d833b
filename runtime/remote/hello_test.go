package remote

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func someHello(n byte) hello {
	return hello{id: someID(n), name: "bank", address: "tcp://127.0.0.1:7000/bank", maxFrame: 1 << 20, keepAlive: 10 * time.Second}
}

func TestHellosComeBackAsTheyWere(t *testing.T) {
	want := someHello(1)
	b := append(appendHello(nil, &want), "rest"...)
	r := bytes.NewReader(b)
	got, err := readHello(r)
	if err != nil || *got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
	if r.Len() != len("rest") {
		t.Errorf("%d bytes are left of what followed", r.Len())
	}
	for n := range len(b) - len("rest") {
		if got, err := readHello(bytes.NewReader(b[:n])); err == nil {
			t.Errorf("%d bytes of it were read as %+v", n, got)
		}
	}
}

func TestHelloMayGrowInLaterVersions(t *testing.T) {
	want := someHello(1)
	b := appendHello(nil, &want)
	if got, err := parseHello(append(b[helloHeader:], 1, 2, 3)); err != nil || *got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestBadHellosAreRefused(t *testing.T) {
	edit := func(f func(*hello)) []byte {
		h := someHello(1)
		f(&h)
		return appendHello(nil, &h)
	}
	patch := func(at int, v byte) []byte {
		h := someHello(1)
		b := appendHello(nil, &h)
		b[at] = v
		return b
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"another protocol":  {[]byte("GET / HTTP/1.1\r\n"), "does not speak"},
		"another version":   {patch(len(magic), 9), "version 9"},
		"long":              {patch(len(magic)+3, 0xff), "over the limit"},
		"wrong checksum":    {patch(helloHeader+20, 0xff), "checksum"},
		"no id":             {edit(func(h *hello) { clear(h.id[:]) }), "id"},
		"no name":           {edit(func(h *hello) { h.name = "" }), "text"},
		"unreadable name":   {edit(func(h *hello) { h.name = "a\x1b[31m" }), "text"},
		"invalid text":      {edit(func(h *hello) { h.address = "\xff" }), "text"},
		"long name":         {edit(func(h *hello) { h.name = strings.Repeat("x", maxProcName+1) }), "length"},
		"tiny frames":       {edit(func(h *hello) { h.maxFrame = 1 }), "frame limit"},
		"endless frames":    {edit(func(h *hello) { h.maxFrame = -1 }), "frame limit"},
		"no keepalive":      {edit(func(h *hello) { h.keepAlive = 0 }), "keepalive"},
		"endless keepalive": {edit(func(h *hello) { h.keepAlive = 1000 * time.Hour }), "keepalive"},
	} {
		if got, err := readHello(bytes.NewReader(c.b)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestOtherProtocolIsSeenAtItsFirstBytes(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go w.Write([]byte("SSH-2.0-OpenSSH")[:len(magic)]) // and then it waits for us
	if _, err := readHello(r); !errors.Is(err, errMagic) {
		t.Fatal(err)
	}
}

func FuzzHello(f *testing.F) {
	h := someHello(1)
	f.Add(appendHello(nil, &h)[helloHeader:])
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := parseHello(body)
		if err != nil {
			return
		}
		again, err := readHello(bytes.NewReader(appendHello(nil, h)))
		if err != nil || *again != *h {
			t.Fatalf("%+v came back as %+v, %v", h, again, err)
		}
		if binary.Size(h.id) != 16 {
			t.Fatal("size")
		}
	})
}

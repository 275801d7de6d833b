package drive

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"time"
)

// A special is a type whose values cannot be made of any bits, or compared by them.
type special struct {
	random func(rng *rand.Rand) any
	text   func(v any) string // equal values have equal texts
}

var specials = map[reflect.Type]special{
	reflect.TypeFor[time.Time](): {
		func(rng *rand.Rand) any { return time.Unix(rng.Int64N(1<<33)-1<<32, rng.Int64N(1e9)) },
		func(v any) string { return v.(time.Time).UTC().Format(time.RFC3339Nano) },
	},
	reflect.TypeFor[netip.Addr](): {
		func(rng *rand.Rand) any { return address(rng) },
		func(v any) string { return fmt.Sprint(v) },
	},
	reflect.TypeFor[netip.AddrPort](): {
		func(rng *rand.Rand) any { return netip.AddrPortFrom(address(rng), uint16(rng.Uint32())) },
		func(v any) string { return fmt.Sprint(v) },
	},
	reflect.TypeFor[netip.Prefix](): {
		func(rng *rand.Rand) any { return netip.PrefixFrom(address(rng).WithZone(""), rng.IntN(32)) },
		func(v any) string { return fmt.Sprint(v) },
	},
	reflect.TypeFor[big.Int](): {
		func(rng *rand.Rand) any { return *new(big.Int).Lsh(big.NewInt(rng.Int64()-1<<62), uint(rng.IntN(100))) },
		func(v any) string { i := v.(big.Int); return i.String() },
	},
	reflect.TypeFor[big.Rat](): {
		func(rng *rand.Rand) any { return *big.NewRat(rng.Int64(), 1+rng.Int64()) },
		func(v any) string { r := v.(big.Rat); return r.String() },
	},
	reflect.TypeFor[big.Float](): {
		func(rng *rand.Rand) any { return *big.NewFloat(rng.NormFloat64()) },
		func(v any) string { f := v.(big.Float); return f.Text('g', 10) },
	},
	reflect.TypeFor[net.IP](): {
		func(rng *rand.Rand) any { return net.IP(address(rng).AsSlice()) },
		func(v any) string { return fmt.Sprint(v) },
	},
	reflect.TypeFor[url.URL](): {
		func(rng *rand.Rand) any {
			return url.URL{Scheme: "https", Host: "a.example", Path: fmt.Sprint("/", rng.Int()), User: url.User("x")}
		},
		func(v any) string { u := v.(url.URL); return u.String() },
	},
	reflect.TypeFor[mail.Address](): {
		func(rng *rand.Rand) any { return mail.Address{Name: "x", Address: fmt.Sprint(rng.Int())} },
		func(v any) string { return fmt.Sprint(v) },
	},
	reflect.TypeFor[regexp.Regexp](): {
		func(rng *rand.Rand) any { return *regexp.MustCompile(fmt.Sprint("a+", rng.Int())) },
		func(v any) string { r := v.(regexp.Regexp); return r.String() },
	},
}

func address(rng *rand.Rand) netip.Addr {
	var b [16]byte
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	if rng.IntN(2) == 0 {
		return netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.AddrFrom16(b)
}

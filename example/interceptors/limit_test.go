package interceptors_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/example/interceptors"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
)

// A bucket gets back one token in each interval, up to its burst, whatever the others' callers do.
func TestLimitRefillsByTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := &interceptors.Limit{Burst: 3, Interval: time.Second}
		p := actortest.NewProc(t)
		ledger := openBooks(p, actor.Intercept(limit.Intercept))
		for _, one := range []struct {
			wait time.Duration
			pass int
		}{{0, 3}, {time.Second, 1}, {1500 * time.Millisecond, 1}, {500 * time.Millisecond, 1}, {time.Hour, 3}} {
			time.Sleep(one.wait)
			for i := range one.pass + 1 {
				_, err := ledger.Booked(t.Context())
				if refused := errors.Is(err, interceptors.ErrTooFast); refused != (i == one.pass) {
					t.Errorf("after %v, message %d of %d: %v", one.wait, i+1, one.pass, err)
				}
			}
		}
		for range 2 { // other callers have buckets of their own
			desk := openAnotherShop(t, p, ledger)
			for i := range 4 {
				if err := desk.Order(t.Context(), "apple", 1); err != nil {
					t.Error(i, err)
				}
			}
		}
		synctest.Wait()
		if n := p.Drops()[actor.CodeRefused]; n != 2 {
			t.Errorf("%d of 8 casts of two callers were refused, want 2", n)
		}
	})
}

// openAnotherShop spawns a desk and a stock without names.
func openAnotherShop(t *testing.T, p *actor.Proc, ledger interceptors.LedgerHandle) interceptors.DeskHandle {
	t.Helper()
	stock, err := interceptors.SpawnStock(p, "", func() *interceptors.Stock {
		return &interceptors.Stock{Left: map[string]int{"apple": 10}, Ledger: ledger.Ref()}
	})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := interceptors.SpawnDesk(p, "", func() *interceptors.Desk { return &interceptors.Desk{Stock: stock.Ref()} })
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

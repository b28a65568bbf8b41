package openclaw

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func TestKeyedLock(t *testing.T) {
	t.Parallel()
	var k keyedLock
	counts := map[string]*int{"a": new(int), "b": new(int)}
	var users sync.WaitGroup
	for key, count := range counts {
		for range 50 {
			users.Go(func() {
				unlock, err := k.lock(t.Context(), key)
				if err != nil {
					t.Error(err)
					return
				}
				defer unlock()
				*count++ // the race detector watches
			})
		}
	}
	users.Wait()
	if *counts["a"] != 50 || *counts["b"] != 50 || len(k.held) != 0 {
		t.Errorf("counted %d and %d, %d keys are left", *counts["a"], *counts["b"], len(k.held))
	}
	unlock, err := k.lock(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.lock(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("a held key: %v", err)
	}
	unlock()
	if len(k.held) != 0 {
		t.Error("the key is left")
	}
}

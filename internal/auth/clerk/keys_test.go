package clerk

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// settled waits until no fetch is under way.
func (s *keySet) settled() {
	s.mu.Lock()
	f := s.flight
	s.mu.Unlock()
	if f != nil {
		<-f.done
	}
}

func TestKeysAreFetchedOnce(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c, good := s.clerk(nil), s.token("k1", nil)
	hold := make(chan struct{})
	s.set(func() { s.hold = hold })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if !admits(t, c, good) {
				t.Error("refused")
			}
		})
	}
	close(hold)
	all.Wait()
	if n := s.called("GET jwks"); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

func TestOutageAfterTheKeysAreKnown(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c, good := s.clerk(nil), s.token("k1", map[string]any{"exp": noon.Add(100 * time.Hour).Unix()})
	if !admits(t, c, good) {
		t.Fatal("refused")
	}
	s.set(func() { s.answers["jwks"] = http.StatusServiceUnavailable; s.clock = s.clock.Add(time.Hour) })
	for range 3 {
		if !admits(t, c, good) {
			t.Error("a key that is known is forgotten because Clerk is away")
		}
		c.keys.settled()
	}
	if n := s.called("GET jwks"); n != 2 {
		t.Errorf("fetched %d times, though the last time failed a moment ago", n)
	}
	s.set(func() { s.hold = make(chan struct{}); s.clock = s.clock.Add(keysRetry) })
	if !admits(t, c, good) {
		t.Error("waits for a Clerk that does not answer")
	}
	s.set(func() { close(s.hold); s.hold = nil })
	c.keys.settled()
	s.set(func() { s.clock = s.clock.Add(keysKept) })
	if admits(t, c, good) {
		t.Error("the key is good for ever")
	}
}

func TestOutageAtTheStart(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	s.set(func() { s.answers["jwks"] = http.StatusBadGateway })
	c, good := s.clerk(nil), s.token("k1", nil)
	for range fetchBurst + 3 {
		if admits(t, c, good) {
			t.Fatal("admitted without a key")
		}
	}
	if n := s.called("GET jwks"); n != fetchBurst {
		t.Errorf("fetched %d times, want %d", n, fetchBurst)
	}
	s.set(func() { delete(s.answers, "jwks"); s.clock = s.clock.Add(5 * time.Second) })
	if !admits(t, c, good) {
		t.Error("Clerk is back, and nobody gets in")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c := s.clerk(nil)
	forever := map[string]any{"exp": noon.Add(time.Hour).Unix()}
	old := s.token("k1", forever)
	if !admits(t, c, old) {
		t.Fatal("refused")
	}
	s.set(func() { s.keys["k2"] = newKey(t) })
	if !admits(t, c, s.token("k2", forever)) || !admits(t, c, old) {
		t.Error("a new key is not picked up at once, or the old one lost")
	}
	s.set(func() { delete(s.keys, "k1"); s.clock = s.clock.Add(keysFresh + time.Second) })
	admits(t, c, s.token("k2", forever)) // is admitted, and makes the keys be fetched again
	c.keys.settled()
	if admits(t, c, old) {
		t.Error("a key that was withdrawn is still good")
	}
}

func TestKeysThatNobodyKnows(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c, good := s.clerk(nil), s.token("k1", nil)
	stranger := newKey(t)
	made := func(kid string) string { return sign(t, jwt.SigningMethodRS256, stranger, kid, nil) }
	if !admits(t, c, good) {
		t.Fatal("refused")
	}
	for range 10 {
		admits(t, c, made("same"))
	}
	if n := s.called("GET jwks"); n != 2 {
		t.Errorf("the same unknown key was looked for %d times", n-1)
	}
	for i := range 50 {
		admits(t, c, made(strconv.Itoa(i)))
	}
	if n := s.called("GET jwks"); n != fetchBurst {
		t.Errorf("made-up keys made us ask %d times, want %d", n, fetchBurst)
	}
	if !admits(t, c, good) {
		t.Error("they keep others out")
	}
	for i := range 3 * maxUnknown {
		c.keys.unknown[strconv.Itoa(i)] = s.now().Add(time.Hour)
		c.keys.forget()
	}
	if n := len(c.keys.unknown); n > maxUnknown {
		t.Errorf("%d unknown keys are remembered", n)
	}
	s.set(func() { s.keys["same"] = stranger; s.clock = s.clock.Add(unknownFor + time.Second) })
	clear(c.keys.unknown)
	if !admits(t, c, made("same")) {
		t.Error("a key that came later is never found")
	}
}

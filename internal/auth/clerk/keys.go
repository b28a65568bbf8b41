package clerk

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"
	"golang.org/x/time/rate"
)

const (
	keysFresh  = 5 * time.Minute  // then they are fetched again, in the background
	keysKept   = 24 * time.Hour   // how long they are good for while Clerk is away
	keysRetry  = 10 * time.Second // between two tries to refresh them
	unknownFor = 30 * time.Second // a key that Clerk does not know is not asked for again
	maxUnknown = 1024             // such keys are remembered
)

// fetchLimit bounds how often tokens with made-up keys make us ask Clerk. The
// burst lets keys change several times in a row.
var fetchLimit = rate.Every(5 * time.Second)

const fetchBurst = 5

// errNoKey says that a token is signed by no key of Clerk's, as far as is known.
var errNoKey = errors.New("no key of this id")

// keySet knows the keys that Clerk signs with. A key that is known never waits
// for the network. At most one fetch is under way, which all share.
type keySet struct {
	fetch func(ctx context.Context) (map[string]*rsa.PublicKey, error)
	now   func() time.Time
	limit *rate.Limiter

	mu      sync.Mutex
	keys    map[string]*rsa.PublicKey
	fetched time.Time // when keys came; zero: never
	retry   time.Time // no refresh in the background before
	unknown map[string]time.Time
	flight  *flight // the fetch under way; nil: there is none
}

// flight is a fetch of keys. ok may be read once done is closed.
type flight struct {
	done chan struct{}
	ok   bool
}

func newKeySet(fetch func(ctx context.Context) (map[string]*rsa.PublicKey, error), now func() time.Time) *keySet {
	return &keySet{fetch: fetch, now: now, limit: rate.NewLimiter(fetchLimit, fetchBurst), unknown: map[string]time.Time{}}
}

// key returns the key of an id. An unknown one is looked for at Clerk, but not
// again and again.
func (s *keySet) key(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	if key, err := s.known(kid); key != nil || err != nil { //nolint:contextcheck // a fetch serves all who wait for it, and ends with none of them
		return key, err
	}
	flight := s.look() //nolint:contextcheck // likewise
	if flight == nil {
		return nil, errNoKey
	}
	select {
	case <-flight.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if !flight.ok {
		return nil, errNoKey
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := s.keys[kid]; key != nil {
		return key, nil
	}
	s.forget()
	s.unknown[kid] = s.now().Add(unknownFor)
	return nil, errNoKey
}

// known returns a key that is there and may be used, or errNoKey for one that is
// known not to be.
func (s *keySet) known(kid string) (*rsa.PublicKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Before(s.unknown[kid]) {
		return nil, errNoKey
	}
	key, age := s.keys[kid], now.Sub(s.fetched)
	if key == nil || age > keysKept {
		return nil, nil
	}
	if age > keysFresh && s.flight == nil && !now.Before(s.retry) {
		s.retry = now.Add(keysRetry)
		s.take()
	}
	return key, nil
}

// look joins the fetch under way or starts one; nil when there were too many.
func (s *keySet) look() *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == nil {
		if !s.limit.AllowN(s.now(), 1) {
			return nil
		}
		s.take()
	}
	return s.flight
}

// take starts a fetch. The lock is held.
func (s *keySet) take() {
	f := &flight{done: make(chan struct{})}
	s.flight = f
	go func() {
		// It serves all who wait, so it ends with none of them.
		ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
		defer cancel()
		keys, err := s.fetch(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if f.ok = err == nil; f.ok {
			s.keys, s.fetched = keys, s.now()
		}
		s.flight = nil
		close(f.done)
	}()
}

// forget makes room among the unknown keys. The lock is held.
func (s *keySet) forget() {
	if len(s.unknown) < maxUnknown {
		return
	}
	for kid, until := range s.unknown {
		if !s.now().Before(until) {
			delete(s.unknown, kid)
		}
	}
	if len(s.unknown) >= maxUnknown {
		clear(s.unknown)
	}
}

// parseKeys reads the RSA keys of a key set; others are passed over.
func parseKeys(body []byte) (map[string]*rsa.PublicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	keys := map[string]*rsa.PublicKey{}
	for _, raw := range set.Keys {
		jwk, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err != nil {
			continue
		}
		if key, ok := jwk.Key().(*rsa.PublicKey); ok {
			keys[jwk.Marshal().KID] = key
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no RSA key")
	}
	return keys, nil
}

package openclaw

import "time"

// breaker spares a gateway that is away, and those who call it, needless dials.
// It counts failed dials and handshakes in a row; an error that the gateway
// answered says that it is there. After the first failures the next dial waits
// a moment; after more of them calls fail at once, with the last error, until
// the breaker lets one dial try again. That is short, so that a caller who
// retries for longer finds the gateway when it comes back.
//
// It is not safe for concurrent use.
type breaker struct {
	failures int
	until    time.Time // when the next dial may begin
	last     error
}

const (
	breakerFailures = 5 // that open it
	breakerOpen     = 2 * time.Second
	breakerOpenMax  = 5 * time.Second
	redialPause     = 50 * time.Millisecond // after the first failure, doubled with each one
)

// permit says how long to wait before dialling, or why not to dial at all.
func (b *breaker) permit(now time.Time) (wait time.Duration, err error) {
	wait = max(b.until.Sub(now), 0)
	if wait > 0 && b.failures >= breakerFailures {
		return 0, b.last
	}
	return wait, nil
}

func (b *breaker) failed(now time.Time, err error) {
	pause := redialPause << min(b.failures, breakerFailures)
	b.failures++
	if over := b.failures - breakerFailures; over >= 0 {
		pause = min(breakerOpen<<min(over, breakerFailures), breakerOpenMax)
	}
	b.until, b.last = now.Add(pause), err
}

func (b *breaker) succeeded() { *b = breaker{} }

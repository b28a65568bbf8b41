package openclaw

import "time"

// breaker spares a gateway that is away, and those who call it, needless dials.
// It counts failed dials and handshakes in a row; an error that the gateway
// answered says that it is there. After the first failures the next dial waits
// a moment; after more of them calls fail at once, with the last error, until
// the breaker lets one dial try again. Callers who retry anyway wait for that
// instead: the breaker may put off their tries, but not take them away.
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
	redialPause     = 50 * time.Millisecond // after the first failure, doubled with each one
)

// permit says how long to wait before dialling, and why not to wait for that
// but to give up at once, if the breaker is open.
func (b *breaker) permit(now time.Time) (wait time.Duration, err error) {
	wait = max(b.until.Sub(now), 0)
	if wait > 0 && b.failures >= breakerFailures {
		return wait, b.last
	}
	return wait, nil
}

func (b *breaker) failed(now time.Time, err error) {
	b.failures++
	pause := breakerOpen
	if b.failures < breakerFailures {
		pause = redialPause << (b.failures - 1)
	}
	b.until, b.last = now.Add(pause), err
}

func (b *breaker) succeeded() { *b = breaker{} }

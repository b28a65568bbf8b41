package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"missioncontrol/internal/mc"
)

// A caller that does not know whether its request was carried out repeats it
// under the same key. The row of the key is claimed before the request is
// carried out, and its first Write marks it done in the transaction of the
// effect itself. So whatever becomes of the process, the row tells whether the
// effect is there, and no second one can follow.

const (
	// KeysKept is how long the answer to a key is known.
	KeysKept = 24 * time.Hour
	// claimLease is how long a claim that shows no effect is believed to be worked
	// on. It is longer than any request takes; one that does take longer is
	// stopped from having an effect by its claim, which is another one's then.
	claimLease = 2 * time.Minute
	// trimBatch bounds the transactions that forget old keys.
	trimBatch = 1000
)

// Answer is what a request was answered. One without a status is not known.
type Answer struct {
	Status int
	ETag   string // empty: none
	Body   string
}

// Claim is the right to carry out the request of a key. The context that
// WithClaim makes ties the transactions of the request to it.
type Claim struct {
	// Render makes the answer of what Tx.Answer is given; nil keeps none.
	Render func(v any) (Answer, error)

	id   mc.ID
	mu   sync.Mutex
	done bool   // an effect was committed
	kept Answer // together with it
}

// state tells whether an effect was committed, and the answer that was kept with it.
func (c *Claim) state() (done bool, kept Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done, c.kept
}

// Standing says how a request stands that was sent under a key.
type Standing int

// The standings of a request.
const (
	Claimed  Standing = iota // nobody has carried it out: the claim is given
	Busy                     // somebody is about to, or to answer it
	Reused                   // another request has the key
	Answered                 // it was carried out and answered: the answer is given
	Unknown                  // it was carried out; what was answered is not known
)

// claimRow is a row of the table of keys.
type claimRow struct {
	ID          mc.ID   `db:"id"`
	Caller      string  `db:"caller"`
	Name        string  `db:"name"`
	Fingerprint string  `db:"fingerprint"`
	Done        bool    `db:"done"`
	LeaseUntil  mc.Time `db:"lease_until"`
	CreatedAt   mc.Time `db:"created_at"`
	Status      *int    `db:"status"`
	ETag        *string `db:"etag"`
	Body        *string `db:"body"`
}

var (
	claimTable = tableOf[claimRow]("idempotency_keys")
	claimCols  = claimTable.cols("k")
)

// Claim tells how a request of a caller stands that is sent under a key, and
// claims the key if it is free. Fingerprint tells one request from another.
func (s *Store) Claim(ctx context.Context, caller, key, fingerprint string) (standing Standing, claim *Claim, answer Answer, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		standing, claim, answer = Busy, nil, Answer{}
		now := tx.Now()
		mine := claimRow{ID: mc.NewID(), Caller: caller, Name: key, Fingerprint: fingerprint, LeaseUntil: now.Add(claimLease), CreatedAt: now}
		n, err := exec(ctx, tx, claimTable.head+claimTable.row+` ON CONFLICT (caller, name) DO NOTHING`, claimTable.values([]*claimRow{&mine})...)
		if err != nil {
			return fmt.Errorf("claim a key: %w", err)
		}
		if n == 1 {
			standing, claim = Claimed, &Claim{id: mine.ID}
			return nil
		}
		row, err := find[claimRow](ctx, tx.Reader, `SELECT `+claimCols+` FROM idempotency_keys k WHERE k.caller = ? AND k.name = ?`, caller, key)
		if err != nil || row == nil { // given back at this moment: the next try will have it
			return err
		}
		standing, answer = row.standing(fingerprint, now)
		if standing != Claimed {
			return nil
		}
		if taken, err := tx.takeOver(ctx, *row, mine); err != nil || !taken {
			standing = Busy
			return err
		}
		claim = &Claim{id: mine.ID}
		return nil
	})
	return standing, claim, answer, err
}

// standing says how a request stands by the row of its key; Claimed means that
// the row may be taken over.
func (row claimRow) standing(fingerprint string, now mc.Time) (Standing, Answer) {
	switch {
	case now.Sub(row.CreatedAt) > KeysKept:
		return Claimed, Answer{}
	case row.Fingerprint != fingerprint:
		return Reused, Answer{}
	case row.Done && row.Status != nil:
		a := Answer{Status: *row.Status}
		if row.ETag != nil {
			a.ETag = *row.ETag
		}
		if row.Body != nil {
			a.Body = *row.Body
		}
		return Answered, a
	case now.Before(row.LeaseUntil):
		return Busy, Answer{}
	case row.Done:
		return Unknown, Answer{}
	}
	return Claimed, Answer{}
}

// takeOver makes a row the claim of another one, unless it has changed since it
// was read.
func (tx *Tx) takeOver(ctx context.Context, row, mine claimRow) (bool, error) {
	n, err := exec(ctx, tx, `
		UPDATE idempotency_keys
		SET id = ?, fingerprint = ?, done = ?, lease_until = ?, created_at = ?, status = NULL, etag = NULL, body = NULL
		WHERE id = ? AND done = ?`,
		mine.ID, mine.Fingerprint, false, mine.LeaseUntil, mine.CreatedAt, row.ID, row.Done)
	return n == 1, err
}

type claimKey struct{}

// WithClaim returns a context whose transactions carry out the claimed request.
func WithClaim(ctx context.Context, c *Claim) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// Answer keeps what the request will be answered, for a caller that repeats it
// under its key, in the same commit as the effect. Without it the answer is kept
// after the commit, and is not known when the process ends in between.
func (tx *Tx) Answer(v any) { tx.answer = v }

// errTaken ends a transaction whose request was taken over by another process.
var errTaken = mc.Conflict("The request took too long and was taken over by a repetition of it")

// seal marks the key of the request as done, together with the effect. The row
// is its claim only as long as nobody has taken it over.
func (tx *Tx) seal(ctx context.Context) (kept Answer, err error) {
	c, _ := ctx.Value(claimKey{}).(*Claim)
	if c == nil {
		return kept, nil
	}
	if done, _ := c.state(); done && tx.answer == nil {
		return kept, nil
	}
	if tx.answer != nil && c.Render != nil {
		if kept, err = c.Render(tx.answer); err != nil {
			return kept, fmt.Errorf("keep the answer: %w", err)
		}
	}
	n, err := tx.settle(ctx, c, kept)
	if err == nil && n == 0 {
		err = errTaken
	}
	return kept, err
}

// sealed notes that a transaction of the request was committed.
func sealed(ctx context.Context, kept Answer) {
	if c, _ := ctx.Value(claimKey{}).(*Claim); c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.done = true
		if kept.Status != 0 {
			c.kept = kept
		}
	}
}

// settle writes that a request has had its effect, and its answer if it is known.
func (tx *Tx) settle(ctx context.Context, c *Claim, a Answer) (int64, error) {
	var status *int
	var etag, body *string
	if a.Status != 0 {
		status, body = &a.Status, &a.Body
	}
	if a.ETag != "" {
		etag = &a.ETag
	}
	return exec(ctx, tx, `UPDATE idempotency_keys SET done = ?, status = ?, etag = ?, body = ? WHERE id = ?`, true, status, etag, body, c.id)
}

// Settle keeps what a claimed request was answered; without a status only that
// it was carried out. It is called once the request is over.
func (s *Store) Settle(ctx context.Context, c *Claim, a Answer) error {
	if _, kept := c.state(); kept == a && a.Status != 0 {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) error {
		if _, err := tx.settle(ctx, c, a); err != nil {
			return err
		}
		return tx.endLease(ctx, c)
	})
}

// Release gives the key of a request back that had no effect. After one the key
// stays done: the row knows better than a process that lost its connection.
func (s *Store) Release(ctx context.Context, c *Claim) error {
	if _, kept := c.state(); kept.Status != 0 {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM idempotency_keys WHERE id = ? AND NOT done`, c.id); err != nil {
			return err
		}
		return tx.endLease(ctx, c)
	})
}

// endLease tells those who wait for the answer that nobody works on it any more.
func (tx *Tx) endLease(ctx context.Context, c *Claim) error {
	_, err := exec(ctx, tx, `UPDATE idempotency_keys SET lease_until = ? WHERE id = ?`, tx.Now(), c.id)
	return err
}

// TrimKeys forgets the keys that were first used before a time, a batch at a
// time, and tells how many.
func (s *Store) TrimKeys(ctx context.Context, olderThan mc.Time) (int64, error) {
	var all int64
	for {
		var n int64
		err := s.Write(ctx, func(tx *Tx) (err error) {
			n, err = exec(ctx, tx, `DELETE FROM idempotency_keys WHERE id IN (
				SELECT k.id FROM idempotency_keys k WHERE k.created_at < ? ORDER BY k.created_at LIMIT ?)`, olderThan, trimBatch)
			return err
		})
		all += n
		if err != nil || n < trimBatch {
			return all, err
		}
	}
}

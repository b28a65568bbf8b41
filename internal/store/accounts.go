package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	accountTable  = tableOf[mc.Account]("accounts")
	accountCols   = accountTable.cols("a")
	identityTable = tableOf[mc.AccountIdentity]("account_identities")
)

// HasAccounts reports whether anybody has an account.
func (r Reader) HasAccounts(ctx context.Context) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM accounts`)
}

// LockFirstAccount makes transactions that would make the first account wait
// for each other.
func (tx *Tx) LockFirstAccount(ctx context.Context) error {
	if tx.dialect != PostgreSQL {
		return nil // has the whole database for itself
	}
	_, err := exec(ctx, tx, `SELECT pg_advisory_xact_lock(hashtext('first_account'))`)
	return err
}

// OldestOrganization loads the organization that was there first of all.
func (r Reader) OldestOrganization(ctx context.Context) (mc.Organization, error) {
	return get[mc.Organization](ctx, r, `SELECT `+organizationCols+` FROM organizations o ORDER BY o.created_at, o.id LIMIT 1`)
}

// Account loads an account.
func (r Reader) Account(ctx context.Context, id mc.ID) (mc.Account, error) {
	return get[mc.Account](ctx, r, `SELECT `+accountCols+` FROM accounts a WHERE a.id = ?`, id)
}

// AccountByEmail loads the account of an address.
func (r Reader) AccountByEmail(ctx context.Context, email string) (mc.Account, error) {
	return get[mc.Account](ctx, r, `SELECT `+accountCols+` FROM accounts a WHERE a.email = ?`, mc.NormalizeEmail(email))
}

// AccountByIdentity loads the account of somebody at an OpenID Connect provider.
func (r Reader) AccountByIdentity(ctx context.Context, issuer, subject string) (mc.Account, error) {
	return get[mc.Account](ctx, r, `
		SELECT `+accountCols+` FROM account_identities i JOIN accounts a ON a.id = i.account_id
		WHERE i.issuer = ? AND i.subject = ?`, issuer, subject)
}

// LockAccount loads an account and holds it until the end of the transaction.
func (tx *Tx) LockAccount(ctx context.Context, id mc.ID) (mc.Account, error) {
	return get[mc.Account](ctx, tx.Reader, `SELECT `+accountCols+` FROM accounts a WHERE a.id = ?`+tx.forUpdate(), id)
}

// InsertAccount adds the account of a user. ErrDuplicate when there is one of
// that address.
func (tx *Tx) InsertAccount(ctx context.Context, a mc.Account) error {
	return accountTable.insert(ctx, tx, &a)
}

// UpdateAccount writes everything of an account that may change.
func (tx *Tx) UpdateAccount(ctx context.Context, a mc.Account) error {
	return accountTable.update(ctx, tx, &a, "email", "password_hash", "updated_at")
}

// InsertIdentity lets somebody at an OpenID Connect provider into an account.
// ErrDuplicate when they have one already.
func (tx *Tx) InsertIdentity(ctx context.Context, i mc.AccountIdentity) error {
	return identityTable.insert(ctx, tx, &i)
}

// RenameSubject makes a user known by another subject.
func (tx *Tx) RenameSubject(ctx context.Context, user mc.ID, subject string) error {
	_, err := exec(ctx, tx, `UPDATE users SET clerk_user_id = ? WHERE id = ?`, subject, user)
	return err
}

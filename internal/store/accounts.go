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

// UsersWithoutAccount lists people who have no account, and of whom another way
// of signing in has shown that an address is theirs; at most two of them. The
// user of local mode is not among them: its address is made up.
func (r Reader) UsersWithoutAccount(ctx context.Context, email string) ([]mc.User, error) {
	return list[mc.User](ctx, r, `
		SELECT `+userCols+` FROM users u
		WHERE lower(u.email) = lower(?) AND u.email_verified AND NOT u.is_service AND u.clerk_user_id <> ?
			AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = u.id)
		ORDER BY u.id LIMIT 2`, email, mc.LocalUserSubject)
}

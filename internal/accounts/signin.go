package accounts

import (
	"context"
	"net/http"

	"missioncontrol/internal/access"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// WrongPassword is what is said of a wrong address as of a wrong password.
const WrongPassword = "Wrong e-mail or password" //nolint:gosec // says that one is wrong

// begun is a session that has just begun, with the secret of its cookie.
type begun struct {
	session mc.SignInSession
	cookie  *http.Cookie
}

// SignIn begins a session for who knows the password of an address.
func (f *Feature) SignIn(ctx context.Context, b access.Browser, email, password string) (out begun, err error) {
	account, renewed, err := f.verify(ctx, mc.NormalizeEmail(email), password)
	if err != nil {
		return out, err
	}
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		row, err := tx.LockAccount(ctx, account.ID)
		if mc.KindOf(err) == mc.KindNotFound || err == nil && !mc.Same(row.PasswordHash, account.PasswordHash) {
			return mc.Unauthorized(WrongPassword) // it was changed a moment ago
		}
		if err != nil {
			return err
		}
		if renewed != nil {
			row.PasswordHash = renewed
			if err := tx.UpdateAccount(ctx, row); err != nil {
				return err
			}
		}
		out, err = f.begin(ctx, tx, row.ID, mc.SignInPassword, b.UserAgent)
		return err
	})
	return out, err
}

func (f *Feature) begin(ctx context.Context, tx *store.Tx, account mc.ID, method mc.SignInMethod, userAgent string) (begun, error) {
	row, secret, err := f.Sessions.Begin(ctx, tx, account, method, userAgent)
	return begun{row, f.Sessions.Cookie(secret)}, err
}

// verify returns the account of an address if the password is its own, and the
// hash to keep from now on if the stored one is out of date. Tries are counted
// by address of the client and by account; an account that does not exist takes
// as long, and as many.
func (f *Feature) verify(ctx context.Context, email, password string) (account mc.Account, renewed *string, err error) {
	if err := f.Hasher.Enter(ctx); err != nil {
		return account, nil, err
	}
	ok, renew, err := func() (ok, renew bool, err error) {
		defer f.Hasher.Leave()
		// Here, where few are at once, so that a burst of tries cannot get past it.
		if err := f.mayTry(ctx, email); err != nil {
			return false, false, err
		}
		account, err = f.Store.AccountByEmail(ctx, email)
		if err != nil && mc.KindOf(err) != mc.KindNotFound {
			return false, false, err
		}
		ok, renew = f.Hasher.Verify(password, account.PasswordHash)
		if !ok {
			f.failed(ctx, email)
		}
		return ok, renew, nil
	}()
	if err != nil {
		return account, nil, err
	}
	if !ok {
		return account, nil, mc.Unauthorized(WrongPassword)
	}
	if renew {
		hash, err := f.Hasher.Hash(ctx, password)
		if err != nil {
			return account, nil, err
		}
		renewed = &hash
	}
	return account, renewed, nil
}

// SignUp makes an account with a password and begins its first session.
func (f *Feature) SignUp(ctx context.Context, b access.Browser, body AccountSignUp) (out begun, err error) {
	email := mc.NormalizeEmail(body.Email)
	if err := mc.CheckEmail(email, "body", "email"); err != nil {
		return out, err
	}
	if err := mc.CheckPassword(body.Password, email, "body", "password"); err != nil {
		return out, err
	}
	// Sign-up takes memory and tells whether an address has an account.
	if err := f.count(ctx, signUps, httpapi.ClientAddr(ctx)); err != nil {
		return out, err
	}
	hash, err := f.Hasher.Hash(ctx, body.Password)
	if err != nil {
		return out, err
	}
	n := newcomer{email: &email, name: body.name(), password: &hash, ticket: ticket{setup: deref(body.SetupToken), invite: deref(body.InviteToken)}}
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		account, err := f.create(ctx, tx, n)
		if err != nil {
			return err
		}
		out, err = f.begin(ctx, tx, account.ID, mc.SignInPassword, b.UserAgent)
		return err
	})
	return out, err
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// ChangePassword gives the caller another password and ends their other
// sessions. Who has none yet must have signed in a moment ago.
func (f *Feature) ChangePassword(ctx context.Context, p access.Person, body AccountPassword) error {
	account, err := f.Store.Account(ctx, p.User.ID)
	if err != nil {
		return err
	}
	if err := mc.CheckPassword(body.NewPassword, deref(account.Email), "body", "new_password"); err != nil {
		return err
	}
	switch {
	case account.Email == nil:
		return mc.Conflict(NoEmail)
	case account.PasswordHash != nil:
		_, _, err := f.verify(ctx, *account.Email, deref(body.CurrentPassword))
		if mc.KindOf(err) == mc.KindUnauthorized {
			err = mc.Forbidden(NotThePassword)
		}
		if err != nil {
			return err
		}
	case f.Clock().Sub(p.Session.CreatedAt) > recently:
		return mc.Forbidden(SignInAgain)
	}
	hash, err := f.Hasher.Hash(ctx, body.NewPassword)
	if err != nil {
		return err
	}
	return f.Store.Write(ctx, func(tx *store.Tx) error {
		row, err := tx.LockAccount(ctx, account.ID)
		if mc.KindOf(err) == mc.KindNotFound {
			return mc.Unauthorized()
		}
		if err != nil {
			return err
		}
		if !mc.Same(row.PasswordHash, account.PasswordHash) {
			return mc.Forbidden(NotThePassword) // it was changed a moment ago
		}
		return setPassword(ctx, tx, row, hash, p.Session.ID, mc.AuditPasswordChanged)
	})
}

// Why a password is not changed.
const (
	NotThePassword = "This is not the current password"
	SignInAgain    = "Sign in again to set a password"
	NoEmail        = "The account has no e-mail address to sign in with"
)

// tokenOf is the digest under which tries are counted: addresses of people are
// not kept where limits are.
func tokenOf(email string) string { return token.SHA256Hex(email) }

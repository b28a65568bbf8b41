package accounts

import (
	"context"
	"errors"
	"fmt"

	"missioncontrol/internal/access"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// newcomer is somebody who is to get an account.
type newcomer struct {
	email    *string // normalized
	verified bool    // it was shown to be theirs
	name     *string
	password *string // as a hash
	by       *mc.Party
	ticket
}

// ticket is what lets a newcomer in.
type ticket struct {
	setup   string // the setup token: for the first account
	invite  string // the token of an invite
	trusted bool   // an operator makes the account
}

// Why no account is made.
const (
	SetupDone     = "There is an account already"
	SetupNeeded   = "The first account takes the setup token"
	SetupWrong    = "This is not the setup token"
	SignUpClosed  = "An account takes an invite"
	EmailHasOne   = "This e-mail address has an account already"
	InviteUnknown = "No such invite, or it was used, revoked or has expired"
)

// create makes the account of a newcomer, and the user behind it. The first
// account is made once, whoever tries at the same time.
func (f *Feature) create(ctx context.Context, tx *store.Tx, n newcomer) (mc.Account, error) {
	if err := tx.LockFirstAccount(ctx); err != nil {
		return mc.Account{}, err
	}
	begun, err := tx.HasAccounts(ctx)
	if err != nil {
		return mc.Account{}, err
	}
	if n.email != nil {
		if _, err := tx.AccountByEmail(ctx, *n.email); mc.KindOf(err) != mc.KindNotFound {
			if err == nil {
				err = mc.Conflict(EmailHasOne)
			}
			return mc.Account{}, err
		}
	}
	user, err := f.userFor(ctx, tx, n, !begun)
	if err != nil {
		return mc.Account{}, err
	}
	account := mc.Account{ID: user.ID, Email: n.email, PasswordHash: n.password, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
	by := user.Party()
	if n.by != nil {
		by = *n.by
	}
	tx.AuditBy(by, mc.AuditAccountCreated, user.AuditTarget(), nil)
	err = tx.InsertAccount(ctx, account)
	if errors.Is(err, store.ErrDuplicate) {
		err = mc.Conflict(EmailHasOne)
	}
	return account, err
}

// userFor returns the user that a new account leads to. What the newcomer brings
// decides: the setup token, an invite, the word of an operator or of an identity
// provider; at last, whether sign-up is open.
func (f *Feature) userFor(ctx context.Context, tx *store.Tx, n newcomer, first bool) (mc.User, error) {
	switch {
	case n.setup != "":
		if f.SetupToken == "" || !token.Equal(n.setup, f.SetupToken) {
			return mc.User{}, mc.Forbidden(SetupWrong)
		}
		if !first {
			return mc.User{}, mc.Conflict(SetupDone)
		}
		return founder(ctx, tx, n)
	case n.invite != "":
		return invited(ctx, tx, n)
	case first && n.trusted:
		return founder(ctx, tx, n)
	}
	if n.verified {
		user, found, err := known(ctx, tx, n)
		if err != nil || found {
			return user, err
		}
	}
	switch {
	case n.trusted:
	case first:
		return mc.User{}, mc.Forbidden(SetupNeeded)
	case f.OpenSignUp:
	case n.verified:
		if _, err := tx.OldestInviteFor(ctx, *n.email); err != nil {
			if mc.KindOf(err) == mc.KindNotFound {
				err = mc.Forbidden(SignUpClosed)
			}
			return mc.User{}, err
		}
	default:
		return mc.User{}, mc.Forbidden(SignUpClosed)
	}
	return newUser(ctx, tx, n)
}

func newUser(ctx context.Context, tx *store.Tx, n newcomer) (mc.User, error) {
	id := mc.NewID()
	user := mc.User{ID: id, ClerkUserID: mc.AccountSubject(id), Email: n.email, EmailVerified: n.verified, Name: n.name}
	return user, tx.EnsureUser(ctx, user)
}

// founder returns the user of the first account, who owns the first
// organization: the one of local mode goes on with all that they have; else
// somebody new becomes owner of what is there, or begins with nothing.
func founder(ctx context.Context, tx *store.Tx, n newcomer) (mc.User, error) {
	user, err := tx.UserBySubject(ctx, mc.LocalUserSubject)
	if err == nil {
		user.Email, user.EmailVerified = n.email, n.verified
		if n.name != nil {
			user.Name = n.name
		}
		return user, tx.UpdateUser(ctx, user)
	}
	if mc.KindOf(err) != mc.KindNotFound {
		return user, err
	}
	if user, err = newUser(ctx, tx, n); err != nil {
		return user, err
	}
	org, err := tx.OldestOrganization(ctx)
	if mc.KindOf(err) == mc.KindNotFound {
		return user, nil // the first request makes one
	}
	if err != nil {
		return user, err
	}
	_, owner := access.NewOrganization(org.Name, user.ID, tx.Now())
	owner.OrganizationID = org.ID
	if err := tx.InsertMember(ctx, owner); err != nil {
		return user, err
	}
	tx.AuditBy(user.Party(), mc.AuditMemberJoined, owner.AuditTarget(user), access.Rights(owner, nil))
	tx.Announce(store.KindOrganization, org.ID, owner.ID, store.DetailMember)
	return user, tx.SetActiveOrganization(ctx, user.ID, org.ID)
}

// invited makes the user who accepts an invite. The address has to be the one
// that was invited, but whose it is, is not shown by that.
func invited(ctx context.Context, tx *store.Tx, n newcomer) (mc.User, error) {
	invite, err := tx.InviteByToken(ctx, n.invite, token.SHA256Hex(n.invite))
	if mc.KindOf(err) == mc.KindNotFound {
		return mc.User{}, mc.NotFound(InviteUnknown)
	}
	if err != nil {
		return mc.User{}, err
	}
	if !invite.IsFor(n.email) {
		return mc.User{}, mc.Forbidden()
	}
	user, err := newUser(ctx, tx, n)
	if err != nil {
		return user, err
	}
	member, err := access.Join(ctx, tx, user, invite)
	if mc.KindOf(err) == mc.KindNotFound { // somebody was faster
		return user, mc.NotFound(InviteUnknown)
	}
	if err != nil {
		return user, err
	}
	return user, tx.SetActiveOrganization(ctx, user.ID, member.OrganizationID)
}

// known returns the user whose address was verified by another way of signing
// in that was used before. With several of them nobody knows who is meant.
func known(ctx context.Context, tx *store.Tx, n newcomer) (user mc.User, found bool, err error) {
	if n.email == nil {
		return user, false, nil
	}
	users, err := tx.UsersWithoutAccount(ctx, *n.email)
	if err != nil || len(users) != 1 {
		return user, false, err
	}
	return users[0], true, nil
}

// Add makes an account for an operator, who vouches for the address. Its
// password is the one given. The first account owns the first organization.
func Add(ctx context.Context, st *store.Store, email string, name *string, hash string) error {
	f := &Feature{Config{Store: st}}
	email = mc.NormalizeEmail(email)
	return st.Write(ctx, func(tx *store.Tx) error {
		_, err := f.create(ctx, tx, newcomer{
			email: &email, verified: true, name: name, password: &hash, by: &mc.Party{Kind: mc.PartySystem}, ticket: ticket{trusted: true},
		})
		return err
	})
}

// ResetPassword gives an account another password for an operator, and ends all
// of its sessions.
func ResetPassword(ctx context.Context, st *store.Store, email, hash string) error {
	return st.Write(ctx, func(tx *store.Tx) error {
		account, err := tx.AccountByEmail(ctx, email)
		if err != nil {
			return fmt.Errorf("find the account of %s: %w", email, err)
		}
		return setPassword(ctx, tx, account, hash, mc.ID{}, mc.AuditPasswordReset)
	})
}

// setPassword gives an account another password and ends its sessions but one.
func setPassword(ctx context.Context, tx *store.Tx, account mc.Account, hash string, but mc.ID, action mc.AuditAction) error {
	account.PasswordHash, account.UpdatedAt = &hash, tx.Now()
	if err := tx.UpdateAccount(ctx, account); err != nil {
		return err
	}
	user, err := tx.User(ctx, account.ID)
	if err != nil {
		return err
	}
	tx.Audit(action, user.AuditTarget(), nil)
	return endSessions(ctx, tx, account.ID, but)
}

// endSessions ends the sessions of an account but one. Streams of theirs end.
func endSessions(ctx context.Context, tx *store.Tx, account, but mc.ID) error {
	tx.Announce(store.KindAccess, account, account)
	return tx.EndSignInSessions(ctx, account, but)
}

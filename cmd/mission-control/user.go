package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"missioncontrol/internal/accounts"
	"missioncontrol/internal/auth/password"
	"missioncontrol/internal/config"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/server"
	"missioncontrol/internal/store"
)

// userCmd works on the database itself: it is for operators, also of a server to
// which nobody can sign in any more.
type userCmd struct {
	Add           userAddCmd           `cmd:"" help:"Make an account and print its password, once. Its owner joins by the invites that wait for the address; the first account owns the first organization."`
	ResetPassword userResetPasswordCmd `cmd:"" help:"Give an account another password, print it once, and end its sessions."`
}

type passwordFlags struct {
	config.Flags
	PasswordStdin bool   `help:"Read the password from standard input instead of making one up."`
	Email         string `arg:"" help:"Address of the account."`
}

type userAddCmd struct {
	passwordFlags
	Name string `help:"Name of the person."`
}

// Run makes the account.
func (c userAddCmd) Run(ctx context.Context) error {
	return c.run(ctx, func(st *store.Store, hash string) error {
		var name *string
		if n := strings.TrimSpace(c.Name); n != "" {
			name = &n
		}
		return accounts.Add(ctx, st, c.Email, name, hash)
	})
}

type userResetPasswordCmd struct{ passwordFlags }

// Run gives the account another password.
func (c userResetPasswordCmd) Run(ctx context.Context) error {
	return c.run(ctx, func(st *store.Store, hash string) error { return accounts.ResetPassword(ctx, st, c.Email, hash) })
}

// run does something with the hash of a password, and tells the password if it
// was made up.
func (c passwordFlags) run(ctx context.Context, do func(st *store.Store, hash string) error) (err error) {
	settings, err := c.Load()
	if err != nil {
		return err
	}
	if settings.Auth.Mode != config.AuthAccounts {
		return &config.Error{Variable: "AUTH_MODE", Message: "AUTH_MODE must be accounts: there are none with AUTH_MODE=" + string(settings.Auth.Mode) + "."}
	}
	email := mc.NormalizeEmail(c.Email)
	if mc.CheckEmail(email) != nil {
		return fmt.Errorf("%q is no e-mail address", c.Email)
	}
	secret, err := c.password()
	if err != nil {
		return err
	}
	if mc.CheckPassword(secret, email) != nil {
		return fmt.Errorf("a password has %d to %d characters and is not the address", mc.MinPassword, mc.MaxPassword)
	}
	hash, err := password.New(password.Recommended()).Hash(ctx, secret)
	if err != nil {
		return err
	}
	st, err := server.OpenStore(ctx, settings, quietLogger(settings))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := do(st, hash); err != nil {
		return plain(err)
	}
	if !c.PasswordStdin {
		_, err = fmt.Fprintf(os.Stdout, "PASSWORD=%s\n", secret)
	}
	return err
}

func (c passwordFlags) password() (string, error) {
	if !c.PasswordStdin {
		return rand.Text(), nil
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// plain says a refusal in words instead of statuses.
func plain(err error) error {
	if mc.KindOf(err) == mc.KindNotFound {
		return errors.New("there is no account of this address")
	}
	if mc.KindOf(err) == mc.KindConflict {
		return errors.New(mc.DetailText(err))
	}
	return err
}

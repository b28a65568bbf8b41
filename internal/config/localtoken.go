package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"unicode/utf8"
)

// minTokenLength is the contract's. It also refuses every placeholder that the
// contract names (change-me and its like): all of them are shorter.
const minTokenLength = 50

func longEnough(token Secret, least int) bool {
	return utf8.RuneCountInString(token.Reveal()) >= least
}

// keepTokens gives the way of signing in the token that it needs when none is
// configured: the one in the data folder, made at the first start.
func keepTokens(s *Settings, src sources, _ Options) error {
	switch s.Auth.Mode {
	case AuthLocal:
		return keepToken(s, src, "LOCAL_AUTH_TOKEN", "local-token", &s.Auth.LocalToken, minTokenLength)
	case AuthAccounts:
		return keepToken(s, src, "ACCOUNTS_SETUP_TOKEN", "setup-token", &s.Auth.SetupToken, minSetupTokenLength)
	}
	return nil
}

func keepToken(s *Settings, src sources, variable, file string, token *Secret, least int) error {
	if _, configured := src.lookup(variable); configured {
		return nil
	}
	s.Auth.TokenFile = filepath.Join(s.Server.DataDir, file)
	text, err := os.ReadFile(s.Auth.TokenFile)
	if errors.Is(err, fs.ErrNotExist) {
		text, s.Auth.TokenNew, err = makeTokenFile(s.Auth.TokenFile)
	}
	if err != nil {
		return wrong("DATA_DIR", "cannot keep the sign-in token: %v", err)
	}
	*token = trimmed(Secret(text))
	if !longEnough(*token, least) {
		return wrong("DATA_DIR", "holds a broken sign-in token: delete %s to get a new one.", s.Auth.TokenFile)
	}
	return nil
}

// makeTokenFile writes a new token. Of several processes that start at once
// one wins and all return its token: the file appears complete or not at all.
func makeTokenFile(path string) (token []byte, made bool, err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, err
	}
	random := make([]byte, 48)
	rand.Read(random)
	token = []byte(base64.RawURLEncoding.EncodeToString(random))

	temp, err := os.CreateTemp(dir, ".local-token-*") // 0600
	if err != nil {
		return nil, false, err
	}
	defer os.Remove(temp.Name())
	_, err = fmt.Fprintf(temp, "%s\n", token)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, false, err
	}
	err = os.Link(temp.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		token, err = os.ReadFile(path)
		return token, false, err
	}
	if err != nil { // a file system without hard links
		err = os.Rename(temp.Name(), path)
	}
	return token, err == nil, err
}

// SignInLink is the address at which a person signs in. In local mode it
// carries the token behind the #, which browsers keep to themselves. It is to
// be shown to whoever starts the server, never logged.
func (s Settings) SignInLink() string {
	link := s.Server.BaseURL + "/sign-in"
	if s.Auth.Mode != AuthLocal {
		return link
	}
	return link + "#token=" + url.QueryEscape(s.Auth.LocalToken.Reveal())
}

// SetupLink is the address at which the first account is made, for AuthAccounts.
// It carries the setup token as SignInLink does the local one.
func (s Settings) SetupLink() string {
	return s.Server.BaseURL + "/sign-up#setup=" + url.QueryEscape(s.Auth.SetupToken.Reveal())
}

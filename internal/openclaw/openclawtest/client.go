package openclawtest

import (
	"path/filepath"
	"testing"

	"missioncontrol/internal/openclaw" //nolint:depguard // the package that this one is for
)

// Client returns a client with an identity of its own that is closed when the
// test ends.
func Client(t testing.TB) *openclaw.Client {
	t.Helper()
	return ClientWith(t, openclaw.Options{})
}

// ClientWith is Client with options; an identity is added.
func ClientWith(t testing.TB, o openclaw.Options) *openclaw.Client {
	t.Helper()
	identity, err := openclaw.LoadIdentity(filepath.Join(t.TempDir(), "device.json"))
	if err != nil {
		t.Fatal(err)
	}
	o.Identity = identity
	c := openclaw.NewClient(o)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Endpoint returns how to reach the gateway with its token.
func (g *Gateway) Endpoint() openclaw.Endpoint {
	return openclaw.Endpoint{URL: g.URL, Token: g.options().Token, AllowInsecureTLS: g.useTLS}
}

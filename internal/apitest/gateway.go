package apitest

import (
	"path/filepath"
	"testing"

	"missioncontrol/internal/openclaw"
)

// GatewayClient returns a client for gateways that is closed when the test ends.
func GatewayClient(t testing.TB) *openclaw.Client {
	t.Helper()
	identity, err := openclaw.LoadIdentity(filepath.Join(t.TempDir(), "device.json"))
	if err != nil {
		t.Fatalf("make a device identity: %v", err)
	}
	client := openclaw.NewClient(openclaw.Options{Identity: identity})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Errorf("close the gateway client: %v", err)
		}
	})
	return client
}

package gateways_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/gateways"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// fixture is an organization without gateways, and one that runs.
type fixture struct {
	*apitest.World
	t     *testing.T
	fake  *openclawtest.Gateway
	owner apitest.Caller
}

// each runs a test in a fixture on every engine.
func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := &fixture{World: apitest.New(t, st), t: t, fake: openclawtest.Start(t)}
		client := newClient(t, openclaw.Options{CallTimeout: 5 * time.Second, DialTimeout: 5 * time.Second})
		lifecycle := provision.New(provision.Config{
			Store: st, Client: client, BaseURL: "http://mc.example", MinVersion: "2026.02.9",
			Retry: jobs.Policy{MaxAttempts: 4, Base: 10 * time.Second, Max: 2 * time.Minute},
		})
		f.Serve(gateways.New(st, lifecycle, client))
		f.owner = apitest.As(f.Owner)
		test(t, f)
	})
}

const path = "/api/v1/gateways"

// connect creates a gateway that runs and returns its id.
func (f *fixture) connect(name string) string {
	f.t.Helper()
	got := f.Call(f.owner, "POST", path, f.body(name, ""))
	if got.Status != 200 {
		f.t.Fatalf("POST %s answered %d %v", path, got.Status, got.Detail())
	}
	id, _ := got.At("id").(string)
	return id
}

func (f *fixture) body(name, more string) string {
	return fmt.Sprintf(`{"name":%q,"url":%q,"workspace_root":"/srv"%s}`, name, f.fake.URL, more)
}

// row loads a gateway as it is stored.
func (f *fixture) row(id string) mc.Gateway {
	f.t.Helper()
	g, err := f.Store.GatewayByID(f.t.Context(), mc.MustID(id))
	if err != nil {
		f.t.Fatal(err)
	}
	return g
}

func (f *fixture) main(id string) mc.Agent {
	f.t.Helper()
	a, err := f.Store.MainAgent(f.t.Context(), mc.MustID(id))
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

// want fails the test unless an answer is as expected.
func want(t *testing.T, what string, got apitest.Answer, status int, detail any) {
	t.Helper()
	if got.Status != status || detail != nil && got.Detail() != detail {
		t.Errorf("%s: answered %d %v, want %d %v", what, got.Status, got.Detail(), status, detail)
	}
}

// newClient returns a client with an identity of its own that ends with the test.
func newClient(t *testing.T, o openclaw.Options) *openclaw.Client {
	t.Helper()
	var err error
	if o.Identity, err = openclaw.LoadIdentity(filepath.Join(t.TempDir(), "device.json")); err != nil {
		t.Fatal(err)
	}
	client := openclaw.NewClient(o)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

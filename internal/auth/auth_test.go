package auth

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"missioncontrol/internal/mc"
)

func TestLocal(t *testing.T) {
	t.Parallel()
	local := NewLocal("  secret-token ")
	for header, want := range map[string]bool{
		"Bearer secret-token": true, "bearer  secret-token ": true, "BEARER secret-token": true,
		"": false, "Bearer": false, "Bearer ": false, "Basic secret-token": false, "secret-token": false, "Bearer secret-token2": false, "Bearer secret": false,
	} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set("Authorization", header)
		id, err := local.Authenticate(req)
		if ok := err == nil; ok != want || ok && id.Subject != mc.LocalUserSubject {
			t.Errorf("%q: %v, %v; want %v", header, id, err, want)
		}
	}
}

func TestAccessTokens(t *testing.T) {
	t.Parallel()
	personal, service := NewAccessToken(mc.TokenPersonal), NewAccessToken(mc.TokenService)
	agent := personal[len("mcp_"):]
	for header, want := range map[string]string{
		"Bearer " + personal: personal, "bearer " + service: service, "Bearer " + agent: "", "Bearer mcp_" + agent[1:]: "", "Bearer mcx_" + agent: "", "": "", "Basic " + personal: "",
	} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set("Authorization", header)
		if got := AccessToken(req); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
	}
	if personal[:4] != "mcp_" || service[:4] != "mcs_" || personal == NewAccessToken(mc.TokenPersonal) {
		t.Errorf("made %q and %q", personal, service)
	}
}

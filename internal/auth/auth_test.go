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
		id, ok := local.Authenticate(req)
		if ok != want || ok && id.Subject != mc.LocalUserSubject {
			t.Errorf("%q: %v, %v; want %v", header, id, ok, want)
		}
	}
}

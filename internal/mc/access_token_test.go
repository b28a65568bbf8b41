package mc

import (
	"slices"
	"testing"
)

func TestScopes(t *testing.T) {
	t.Parallel()
	order := []TokenScope{ScopeRead, ScopeWrite, ScopeAdmin}
	for i, have := range order {
		for j, need := range order {
			if got := have.Allows(need); got != (i >= j) {
				t.Errorf("%s allows %s: %v", have, need, got)
			}
		}
		if got := have.Included(); !slices.Equal(got, order[:i+1]) {
			t.Errorf("%s includes %v", have, got)
		}
	}
	if TokenScope("root").Allows(ScopeRead) || ScopeAdmin.Allows("root") || TokenScope("").Allows("") {
		t.Error("a scope that does not exist allows something, or is allowed")
	}
	for want, list := range map[TokenScope][]TokenScope{"": nil, ScopeRead: {ScopeRead}, ScopeWrite: {ScopeWrite, ScopeRead, ScopeWrite}, ScopeAdmin: {ScopeRead, ScopeAdmin, ScopeWrite}} {
		if got := WidestScope(list); got != want {
			t.Errorf("the widest of %v is %q", list, got)
		}
	}
	now := SystemClock()
	if (AccessToken{}).Expired(now) || !(AccessToken{ExpiresAt: &now}).Expired(now) || (AccessToken{ExpiresAt: Ref(now.Add(1000))}).Expired(now) {
		t.Error("tokens expire at another time than theirs")
	}
}

package clerk

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/mc"
)

const secret = "sk_test"

// standIn is Clerk, as far as it is called.
type standIn struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	keys    map[string]*rsa.PrivateKey
	answers map[string]int // status by the first word of the path, to fail with
	hold    chan struct{}  // questions wait for it
	profile string
	calls   map[string]int // by method and first word
	clock   time.Time
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	s := &standIn{t: t, keys: map[string]*rsa.PrivateKey{"k1": newKey(t)}, answers: map[string]int{}, calls: map[string]int{}, clock: noon, profile: `{}`}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.server.Close)
	return s
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (s *standIn) serve(w http.ResponseWriter, r *http.Request) {
	word, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	s.mu.Lock()
	s.calls[r.Method+" "+word]++
	status, hold, profile := s.answers[word], s.hold, s.profile
	var keys []map[string]string
	for kid, key := range s.keys {
		keys = append(keys, map[string]string{
			"kid": kid, "kty": "RSA", "alg": "RS256", "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+secret:
		w.WriteHeader(http.StatusUnauthorized)
	case status != 0:
		w.WriteHeader(status)
	case word == "jwks":
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
	default:
		_, _ = w.Write([]byte(profile))
	}
}

func (s *standIn) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *standIn) called(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[what]
}

func (s *standIn) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

func (s *standIn) clerk(change func(o *Options)) *Clerk {
	o := Options{APIURL: s.server.URL + "/v1", SecretKey: secret, Leeway: 10 * time.Second, VerifyIAT: true, Origin: auth.NewSameOrigin(nil), Log: slog.New(slog.DiscardHandler), Now: s.now}
	if change != nil {
		change(&o)
	}
	return New(o)
}

// token signs claims of a person who is signed in; changed ones replace them, nil drops one.
func (s *standIn) token(kid string, changed map[string]any) string {
	s.t.Helper()
	s.mu.Lock()
	key := s.keys[kid]
	s.mu.Unlock()
	return sign(s.t, jwt.SigningMethodRS256, key, kid, changed)
}

func sign(t *testing.T, method jwt.SigningMethod, key any, kid string, changed map[string]any) string {
	t.Helper()
	claims := jwt.MapClaims{"sub": "user_1", "iat": noon.Add(-time.Second).Unix(), "nbf": noon.Add(-time.Second).Unix(), "exp": noon.Add(time.Hour).Unix(), "iss": "https://x", "azp": "https://y"}
	for name, value := range changed {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = kid
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func request(t *testing.T, header string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Authorization", header)
	return r
}

func admits(t *testing.T, c *Clerk, token string) bool {
	t.Helper()
	id, err := c.Authenticate(request(t, "Bearer "+token))
	if err != nil && mc.KindOf(err) != mc.KindUnauthorized {
		t.Errorf("refused with %v", err)
	}
	return err == nil && id.Subject == "user_1"
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	strict, loose := s.clerk(nil), s.clerk(func(o *Options) { o.VerifyIAT = false })
	public, err := x509.MarshalPKIXPublicKey(s.keys["k1"].Public())
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	at := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	crit := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": "user_1", "exp": at(time.Hour)})
	crit.Header["kid"], crit.Header["crit"] = "k1", []string{"x"}
	withCrit, err := crit.SignedString(s.keys["k1"])
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		token string
		want  bool
	}{
		"right":                              {s.token("k1", nil), true},
		"expired":                            {s.token("k1", map[string]any{"exp": at(-time.Minute)}), false},
		"expired within the leeway":          {s.token("k1", map[string]any{"exp": at(-9 * time.Second)}), true},
		"without an end":                     {s.token("k1", map[string]any{"exp": nil}), false},
		"not yet valid":                      {s.token("k1", map[string]any{"nbf": at(time.Minute)}), false},
		"nbf within the leeway":              {s.token("k1", map[string]any{"nbf": at(9 * time.Second)}), true},
		"issued in the future":               {s.token("k1", map[string]any{"iat": at(time.Minute)}), false},
		"iat within the leeway":              {s.token("k1", map[string]any{"iat": at(9 * time.Second)}), true},
		"another key of the same id":         {sign(t, jwt.SigningMethodRS256, newKey(t), "k1", nil), false},
		"a key nobody knows":                 {sign(t, jwt.SigningMethodRS256, newKey(t), "k9", nil), false},
		"without a key id":                   {sign(t, jwt.SigningMethodRS256, s.keys["k1"], "", nil), false},
		"unsigned":                           {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "k1", nil), false},
		"HS256 by the public key":            {sign(t, jwt.SigningMethodHS256, publicPEM, "k1", nil), false},
		"HS256 by the public key's bytes":    {sign(t, jwt.SigningMethodHS256, public, "k1", nil), false},
		"another RSA algorithm":              {sign(t, jwt.SigningMethodRS512, s.keys["k1"], "k1", nil), false},
		"PSS":                                {sign(t, jwt.SigningMethodPS256, s.keys["k1"], "k1", nil), false},
		"of nobody":                          {s.token("k1", map[string]any{"sub": nil}), false},
		"of an empty subject":                {s.token("k1", map[string]any{"sub": ""}), false},
		"of a number":                        {s.token("k1", map[string]any{"sub": 7}), false},
		"for an audience":                    {s.token("k1", map[string]any{"aud": "x"}), false},
		"for several":                        {s.token("k1", map[string]any{"aud": []string{"x", "y"}}), false},
		"for an odd audience":                {s.token("k1", map[string]any{"aud": 7}), false},
		"for an empty audience":              {s.token("k1", map[string]any{"aud": ""}), true},
		"issuer and party are not looked at": {s.token("k1", map[string]any{"iss": "https://elsewhere", "azp": "https://elsewhere"}), true},
		"with rules that we do not know":     {withCrit, false},
		"cut":                                {s.token("k1", nil)[:40], false},
		"no token":                           {"abc", false},
		"machine to machine":                 {"m2m_" + s.token("k1", nil), false},
		"machine":                            {"mt_abc", false},
		"OAuth":                              {"oat_abc", false},
		"API key":                            {"ak_abc", false},
	} {
		if got := admits(t, strict, tc.token); got != tc.want {
			t.Errorf("%s: admitted %v, want %v", name, got, tc.want)
		}
	}
	if !admits(t, loose, s.token("k1", map[string]any{"iat": at(time.Minute)})) {
		t.Error("CLERK_VERIFY_IAT=false does not let a token of the future in")
	}
}

func TestWhereTheTokenIs(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c, good := s.clerk(nil), s.token("k1", nil)
	cookie := func(name, value string) func(r *http.Request) {
		return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
	}
	header := func(value string) func(r *http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	for name, tc := range map[string]struct {
		put  []func(r *http.Request)
		want bool
	}{
		"bearer":                          {[]func(r *http.Request){header("Bearer " + good)}, true},
		"without a scheme":                {[]func(r *http.Request){header(good)}, true},
		"another case":                    {[]func(r *http.Request){header("bearer " + good)}, false},
		"cookie":                          {[]func(r *http.Request){cookie("__session", good)}, true},
		"cookie with a suffix":            {[]func(r *http.Request){cookie("other", "x"), cookie("__session_Ab1", good)}, true},
		"the first such cookie counts":    {[]func(r *http.Request){cookie("__session_x", "x"), cookie("__session", good)}, false},
		"the header wins over the cookie": {[]func(r *http.Request){header("Bearer x"), cookie("__session", good)}, false},
		"nothing":                         {nil, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		for _, put := range tc.put {
			put(r)
		}
		if _, err := c.Authenticate(r); (err == nil) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	cookie("__session", good)(r)
	if _, err := c.Authenticate(r); mc.KindOf(err) != mc.KindForbidden {
		t.Errorf("a page of another site uses the cookie: %v", err)
	}
}

func TestWhatTokensAndProfilesTell(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c := s.clerk(nil)
	for name, tc := range map[string]struct {
		claims            map[string]any
		profile           string
		email, calledName string
		verified          bool
	}{
		"nothing":                     {nil, `{}`, "", "", false},
		"claims":                      {map[string]any{"email": " Ann@Example.com ", "name": "Ann"}, `{}`, "ann@example.com", "Ann", false},
		"a verified claim":            {map[string]any{"email": "a@x.y", "email_verified": true}, `{}`, "a@x.y", "", true},
		"the first that is filled":    {map[string]any{"email": " ", "email_address": 7, "primary_email_address": "p@x.y", "full_name": "A B"}, `{}`, "p@x.y", "A B", false},
		"a list of texts":             {map[string]any{"email_addresses": []any{"", "a@x.y", "b@x.y"}}, `{}`, "a@x.y", "", false},
		"a list with a primary one":   {map[string]any{"primary_email_address_id": "2", "email_addresses": []any{map[string]any{"id": "1", "email": "a@x.y"}, map[string]any{"id": "2", "email_address": "B@x.y"}}}, `{}`, "b@x.y", "", false},
		"names in parts":              {map[string]any{"given_name": "Ann", "family_name": "Lee"}, `{}`, "", "Ann Lee", false},
		"other names in parts":        {map[string]any{"last_name": "Lee"}, `{}`, "", "Lee", false},
		"the profile counts for more": {map[string]any{"email": "c@x.y", "name": "C"}, `{"email_addresses":[{"id":"1","email_address":"P@x.y"}],"first_name":"P","last_name":"Q"}`, "p@x.y", "P", true},
		"the primary address":         {nil, `{"primary_email_address_id":"2","email_addresses":[{"id":"1","email_address":"a@x.y"},{"id":"2","email_address":"b@x.y","verification":{"status":"verified"}}],"username":"u"}`, "b@x.y", "u", true},
		"not one that is unverified":  {nil, `{"primary_email_address_id":"2","email_addresses":[{"id":"1","email_address":"a@x.y"},{"id":"2","email_address":"b@x.y","verification":{"status":"unverified"}}]}`, "a@x.y", "", true},
		"none that is verified":       {nil, `{"email_addresses":[{"id":"2","email_address":"b@x.y","verification":{"status":"expired"}}],"last_name":"L"}`, "", "L", false},
		"somebody who is banned":      {nil, `{"banned":true,"email_addresses":[{"id":"1","email_address":"a@x.y"}]}`, "a@x.y", "", false},
		"a profile that is no JSON":   {map[string]any{"email": "c@x.y"}, `<html>`, "c@x.y", "", false},
	} {
		s.set(func() { s.profile = tc.profile })
		id, err := c.Authenticate(request(t, "Bearer "+s.token("k1", tc.claims)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		id = c.Complete(t.Context(), id)
		if deref(id.Email) != tc.email || deref(id.Name) != tc.calledName || id.EmailVerified != tc.verified || !id.EmailRules {
			t.Errorf("%s: %q, %q, verified %v", name, deref(id.Email), deref(id.Name), id.EmailVerified)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestClerkThatIsUnwellIsNotAskedByEverybody(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	c := s.clerk(nil)
	s.set(func() { s.answers["users"] = http.StatusInternalServerError })
	want := auth.Identity{Subject: "user_1", Email: mc.Ref("c@x.y")}
	for range 5 {
		if got := c.Complete(t.Context(), want); *got.Email != *want.Email || got.EmailVerified {
			t.Errorf("became %+v", got)
		}
	}
	if err := c.Remove(t.Context(), "user_1"); err == nil {
		t.Error("removed somebody at a Clerk that is away")
	}
	if n := s.called("GET users") + s.called("DELETE users"); n != breakerFailures {
		t.Errorf("asked %d times, want %d", n, breakerFailures)
	}
	s.set(func() {
		delete(s.answers, "users")
		s.clock = s.clock.Add(breakerOpen)
		s.profile = `{"first_name":"Ann"}`
	})
	if got := c.Complete(t.Context(), want); deref(got.Name) != "Ann" {
		t.Error("Clerk is back, and not asked")
	}
	// What Clerk answers itself is no trouble of Clerk's.
	s.set(func() { s.answers["users"] = http.StatusNotFound })
	for range breakerFailures + 2 {
		c.Complete(t.Context(), want)
	}
	if err := c.Remove(t.Context(), "user_1"); err != nil {
		t.Errorf("somebody who is not there could not be removed: %v", err)
	}
	s.set(func() { s.answers["users"] = http.StatusUnprocessableEntity })
	if err := c.Remove(t.Context(), "user_1"); err == nil {
		t.Error("a refusal of Clerk counts as removed")
	}
}

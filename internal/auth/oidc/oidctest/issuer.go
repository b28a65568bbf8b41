// Package oidctest is an OpenID Connect provider for tests, on loopback: it signs
// in whomever it is told to, and checks what a client has to do right.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// What the issuer knows of its client.
const (
	ClientID     = "mission-control"
	ClientSecret = "a client secret"
)

// Issuer is a provider.
type Issuer struct {
	URL string

	t   testing.TB
	key *rsa.PrivateKey

	mu       sync.Mutex
	away     bool
	userInfo map[string]any
	change   func(claims jwt.MapClaims)
	codes    map[string]request
	calls    map[string]int
}

// request is what an authorization code stands for.
type request struct{ challenge, nonce, redirect string }

// New starts an issuer that ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{t: t, key: key, codes: map[string]request{}, calls: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, _ *http.Request) { i.answer(w, i.info()) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.calls[r.URL.Path]++
		away := i.away
		i.mu.Unlock()
		if away {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

// Away makes the issuer answer nothing, or answer again.
func (i *Issuer) Away(away bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.away = away
}

// Person says who signs in from now on, and what is told of them.
func (i *Issuer) Person(subject string, claims map[string]any) {
	i.Change(func(all jwt.MapClaims) {
		all["sub"] = subject
		for name, value := range claims {
			all[name] = value
		}
	})
}

// Change changes the claims of tokens from now on.
func (i *Issuer) Change(change func(claims jwt.MapClaims)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.change = change
}

// UserInfo says what is told to who asks with the access token.
func (i *Issuer) UserInfo(info map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.userInfo = info
}

func (i *Issuer) info() map[string]any {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.userInfo
}

// Calls tells how often a path was asked for.
func (i *Issuer) Calls(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.calls[path]
}

// Visit plays the person in the browser: it takes the address that the client
// sends them to, and returns the query with which they come back.
func (i *Issuer) Visit(address string) url.Values {
	i.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme+"://"+u.Host+u.Path != i.URL+"/authorize" || q.Get("client_id") != ClientID || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("state") == "" || q.Get("nonce") == "" {
		i.t.Fatalf("the client asks with %s", address)
	}
	code := rand.Text()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.codes[code] = request{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri")}
	return url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.URL}}
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	i.answer(w, map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys", "userinfo_endpoint": i.URL + "/userinfo",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	i.answer(w, map[string]any{"keys": []any{map[string]string{
		"kid": "k1", "kty": "RSA", "alg": "RS256", "use": "sig",
		"n": base64.RawURLEncoding.EncodeToString(i.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(i.key.E)).Bytes()),
	}}})
}

// token exchanges a code, once, for who proves to have begun.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if id == "" {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	secret, _ = url.QueryUnescape(secret)
	i.mu.Lock()
	defer i.mu.Unlock()
	asked, known := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code"))
	digest := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || id != ClientID || secret != ClientSecret || base64.RawURLEncoding.EncodeToString(digest[:]) != asked.challenge || r.FormValue("redirect_uri") != asked.redirect {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	now := time.Now()
	claims := jwt.MapClaims{"iss": i.URL, "aud": ClientID, "sub": "somebody", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "nonce": asked.nonce}
	if i.change != nil {
		i.change(claims)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "k1"
	text, err := token.SignedString(i.key)
	if err != nil {
		i.t.Error(err)
	}
	i.answer(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "id_token": text})
}

func (i *Issuer) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

package clientaddr_test

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"missioncontrol/internal/clientaddr"
)

func trust(t testing.TB, entries ...string) clientaddr.Trusted {
	t.Helper()
	return clientaddr.Trust(t.Context(), slog.New(slog.DiscardHandler), entries)
}

func TestClient(t *testing.T) {
	t.Parallel()
	const proxy = "127.0.0.1:4711"
	proxies := []string{"127.0.0.1", "10.1.2.3/8", "2001:db8::/32", "::ffff:192.168.0.0/112"}
	tests := []struct {
		name    string
		trusted []string
		peer    string
		headers []string // "Name: value"
		want    string
	}{
		{"nobody trusted", nil, proxy, []string{"X-Forwarded-For: 1.1.1.1", "Forwarded: for=2.2.2.2"}, "127.0.0.1"},
		{"peer not trusted", proxies, "8.8.8.8:1", []string{"X-Forwarded-For: 1.1.1.1"}, "8.8.8.8"},
		{"no header", proxies, proxy, nil, "127.0.0.1"},
		{"single entry", proxies, proxy, []string{"X-Forwarded-For:  1.1.1.1 "}, "1.1.1.1"},
		{"single trusted entry", proxies, proxy, []string{"X-Forwarded-For: 10.9.9.9"}, "10.9.9.9"},
		{"left-most is the client's own claim", proxies, proxy, []string{"X-Forwarded-For: 6.6.6.6, 1.1.1.1"}, "1.1.1.1"},
		{"trusted proxies are skipped", proxies, proxy, []string{"X-Forwarded-For: 6.6.6.6, 1.1.1.1, 10.0.0.1, 2001:db8::1"}, "1.1.1.1"},
		{"all trusted: the farthest", proxies, proxy, []string{"X-Forwarded-For: 10.0.0.9, 10.0.0.1"}, "10.0.0.9"},
		{"repeated header continues", proxies, proxy, []string{"X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 1.1.1.1"}, "1.1.1.1"},
		{"blank entries are none", proxies, proxy, []string{"X-Forwarded-For: , 1.1.1.1, ,"}, "1.1.1.1"},
		{"only blanks", proxies, proxy, []string{"X-Forwarded-For: , "}, "127.0.0.1"},
		{"no address: the peer", proxies, proxy, []string{"X-Forwarded-For: 1.1.1.1, evil"}, "127.0.0.1"},
		{"no address behind a trusted one", proxies, proxy, []string{"X-Forwarded-For: evil, 10.0.0.1"}, "127.0.0.1"},
		{"rubbish before the client does not matter", proxies, proxy, []string{"X-Forwarded-For: evil, 1.1.1.1"}, "1.1.1.1"},
		{"port", proxies, proxy, []string{"X-Forwarded-For: 1.1.1.1:80"}, "1.1.1.1"},
		{"IPv6 with port", proxies, proxy, []string{"X-Forwarded-For: [2001:DB9::0:1]:80"}, "2001:db9::1"},
		{"IPv6 in brackets", proxies, proxy, []string{"X-Forwarded-For: [2001:db9::1]"}, "2001:db9::1"},
		{"IPv4 in brackets", proxies, proxy, []string{"X-Forwarded-For: [1.1.1.1]"}, "127.0.0.1"},
		{"zone", proxies, proxy, []string{"X-Forwarded-For: fe80::1%anything"}, "127.0.0.1"},
		{"mapped IPv4 is IPv4", proxies, proxy, []string{"X-Forwarded-For: ::ffff:1.1.1.1"}, "1.1.1.1"},
		{"mapped network", proxies, proxy, []string{"X-Forwarded-For: 1.1.1.1, 192.168.0.7"}, "1.1.1.1"},
		{"mapped peer", proxies, "[::ffff:127.0.0.1]:1", []string{"X-Forwarded-For: 1.1.1.1"}, "1.1.1.1"},
		{"Forwarded wins", proxies, proxy, []string{"X-Forwarded-For: 1.1.1.1", "Forwarded: for=2.2.2.2"}, "2.2.2.2"},
		{"Forwarded in full", proxies, proxy, []string{`Forwarded: proto=https ; FOR = "[2001:db9::1]:4711";by=x`}, "2001:db9::1"},
		{"Forwarded from the right", proxies, proxy, []string{`Forwarded: for=6.6.6.6, for="2.2.2.2:80";by="a,b", for=10.0.0.1`}, "2.2.2.2"},
		{"Forwarded without for", proxies, proxy, []string{"Forwarded: proto=https", "X-Forwarded-For: 1.1.1.1"}, "1.1.1.1"},
		{"a hop that does not say", proxies, proxy, []string{"Forwarded: for=2.2.2.2, proto=https", "X-Forwarded-For: 1.1.1.1"}, "127.0.0.1"},
		{"hidden", proxies, proxy, []string{"Forwarded: for=_hidden", "X-Forwarded-For: 1.1.1.1"}, "127.0.0.1"},
		{"open quote", proxies, proxy, []string{`Forwarded: for="2.2.2.2, for=3.3.3.3`}, "127.0.0.1"},
		{"escaped quote", proxies, proxy, []string{`Forwarded: by="\",";for=2.2.2.2`}, "2.2.2.2"},
		{"no port in the peer", nil, "@", nil, "@"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{}}
			for _, h := range tt.headers {
				name, value, _ := strings.Cut(h, ": ")
				r.Header.Add(name, value)
			}
			if got := trust(t, tt.trusted...).Client(r); got != tt.want {
				t.Errorf("client is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTrustWarns(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	trusted := clientaddr.Trust(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), []string{"10.0.0.1", "hush-hush", "10.0.0.0/99", "::1"})
	if n := strings.Count(log.String(), "level=WARN msg=client_address.trusted_proxy.invalid position="); n != 2 {
		t.Errorf("%d warnings, want 2:\n%s", n, log.String())
	}
	if strings.Contains(log.String(), "hush") || strings.Contains(log.String(), "/99") {
		t.Errorf("shows the value: %s", log.String())
	}
	r := &http.Request{RemoteAddr: "[::1]:1", Header: http.Header{"X-Forwarded-For": {"1.1.1.1"}}}
	if got := trusted.Client(r); got != "1.1.1.1" {
		t.Errorf("the valid entries do not count: %s", got)
	}
}

func FuzzClient(f *testing.F) {
	for _, seed := range [][2]string{
		{`for="[2001:db8::1]:80";by=x, for=1.1.1.1`, "1.1.1.1, 10.0.0.1"},
		{`for="\`, "[::1]:,"}, {`;;=,"`, "fe80::1%eth0"}, {"", " , "},
	} {
		f.Add(seed[0], seed[1])
	}
	trusted := trust(f, "127.0.0.1", "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, forwarded, forwardedFor string) {
		r := &http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{
			"Forwarded": {forwarded}, "X-Forwarded-For": {forwardedFor},
		}}
		got := trusted.Client(r)
		addr, err := netip.ParseAddr(got)
		if err != nil || addr.Zone() != "" || addr.String() != got {
			t.Errorf("client is %q", got)
		}
		// What the client sent cannot change what its proxy appended.
		r.Header = http.Header{"X-Forwarded-For": {forwardedFor, "9.9.9.9"}}
		if got := trusted.Client(r); got != "9.9.9.9" {
			t.Errorf("client is %q, want what the proxy said", got)
		}
		// The same for Forwarded, unless a quote is left open, which swallows the rest of its own line only.
		r.Header = http.Header{"Forwarded": {forwarded, "for=9.9.9.9"}}
		if got := trusted.Client(r); got != "9.9.9.9" {
			t.Errorf("client is %q, want what the proxy said", got)
		}
	})
}

func TestSchemeIsBelievedOfTrustedPeersOnly(t *testing.T) {
	t.Parallel()
	trusted := clientaddr.Trust(t.Context(), slog.New(slog.DiscardHandler), []string{"10.0.0.1"})
	for _, tc := range []struct{ peer, proto, want string }{
		{"10.0.0.1:1", "https", "https"}, {"10.0.0.1:1", " HTTP ", "http"}, {"10.0.0.1:1", "gopher", ""}, {"10.0.0.1:1", "", ""}, {"10.0.0.2:1", "https", ""},
	} {
		r := &http.Request{Header: http.Header{}}
		r.RemoteAddr = tc.peer
		r.Header.Set("X-Forwarded-Proto", tc.proto)
		if got := trusted.Scheme(r); got != tc.want {
			t.Errorf("%+v: got %q", tc, got)
		}
	}
}

package egress

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string][2]bool{ // public only, private too
		"93.184.216.34": {true, true}, "2606:2800:220:1:248:1893:25c8:1946": {true, true},
		"127.0.0.1": {false, true}, "::1": {false, true}, "10.1.2.3": {false, true}, "172.16.0.1": {false, true}, "192.168.1.1": {false, true},
		"fd00::1": {false, true}, "100.64.0.1": {false, true}, "::ffff:127.0.0.1": {false, true}, "::ffff:10.0.0.1": {false, true},
		"169.254.169.254": {false, false}, "::ffff:169.254.169.254": {false, false}, "fe80::1%eth0": {false, false}, "0.0.0.0": {false, false}, "::": {false, false},
		"0.1.2.3": {false, false}, "224.0.0.1": {false, false}, "ff02::1": {false, false}, "255.255.255.255": {false, false}, "240.0.0.1": {false, false},
		"198.18.0.1": {false, false}, "64:ff9b::7f00:1": {false, false}, "2002:7f00:1::": {false, false}, "::127.0.0.1": {false, false}, "fec0::1": {false, false},
	} {
		for i, allow := range []bool{false, true} {
			if err := (Options{AllowPrivate: allow}).check(netip.MustParseAddr(addr)); (err == nil) != want[i] {
				t.Errorf("%s, private allowed %v: %v", addr, allow, err)
			}
		}
	}
}

// It is the address that is dialled that counts, whatever it is called.
func TestNamesOfThisMachineAreNotCalled(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	defer server.Close()
	_, port, _ := splitPort(server.URL)
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+host+":"+port, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := NewClient(Options{Timeout: 5 * time.Second}).Do(req)
		if err == nil {
			res.Body.Close()
		}
		var forbidden *ForbiddenError
		if !errors.As(err, &forbidden) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := NewClient(Options{AllowPrivate: true, Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("answered %d", res.StatusCode)
	}
}

func splitPort(address string) (host, port string, err error) {
	at, err := netip.ParseAddrPort(address[len("http://"):])
	return at.Addr().String(), strconv.Itoa(int(at.Port())), err
}

// Package egress is how the server calls addresses that its users name. Such a
// call must not become a way into the network that the server stands in: every
// address is checked at the moment it is dialled, whatever the name resolved to
// before, redirects are not followed, and nothing may take long or send much.
package egress

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Options say what a client may do.
type Options struct {
	// AllowPrivate lets it call this machine and private networks, but never
	// link-local addresses, where clouds keep their credentials.
	AllowPrivate bool
	Timeout      time.Duration // of a call, from dialling to the end of the answer
}

// maxHeader bounds the head of an answer.
const maxHeader = 64 << 10

// NewClient returns a client that calls only what the options allow. It follows
// no redirects and takes no proxy from the environment.
func NewClient(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: o.Timeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %s: %w", address, err)
		}
		return o.check(at.Addr())
	}}
	return &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: o.Timeout, ResponseHeaderTimeout: o.Timeout, MaxResponseHeaderBytes: maxHeader,
			MaxIdleConns: 32, MaxIdleConnsPerHost: 2, MaxConnsPerHost: 8, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ForbiddenError says that an address may not be called.
type ForbiddenError struct{ Addr netip.Addr }

func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("%s is not a public address and must not be called", e.Addr)
}

func (o Options) check(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	if o.AllowPrivate && (addr.IsLoopback() || addr.IsPrivate() || sharedSpace.Contains(addr)) {
		return nil
	}
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return &ForbiddenError{addr}
	}
	for _, block := range notPublic {
		if block.Contains(addr) {
			return &ForbiddenError{addr}
		}
	}
	return nil
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // of carriers, and of overlay networks at home

// notPublic are blocks that look global but lead elsewhere: shared and reserved
// ones, and those of IPv6 in which an address of IPv4 is wrapped.
var notPublic = []netip.Prefix{
	sharedSpace,
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

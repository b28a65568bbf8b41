// Package clientaddr finds out the address that a request comes from, past the
// proxies that are trusted to tell it.
//
// Rate limits and stored source addresses use it. The access log does not: it
// names the direct peer.
package clientaddr

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Trusted are the networks of proxies whose headers are believed. The zero
// value trusts nobody.
type Trusted struct {
	networks []netip.Prefix
}

// Trust reads addresses and networks, such as 127.0.0.1 and 10.0.0.0/8. An
// entry that is neither is left out with a warning that tells its place in the
// list but not the entry, which may be anything that was pasted there.
func Trust(ctx context.Context, logger *slog.Logger, entries []string) Trusted {
	var t Trusted
	for i, entry := range entries {
		network, ok := parseNetwork(strings.TrimSpace(entry))
		if !ok {
			logger.WarnContext(ctx, "client_address.trusted_proxy.invalid", "position", i+1)
			continue
		}
		t.networks = append(t.networks, network)
	}
	return t
}

func parseNetwork(entry string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(entry); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	network, err := netip.ParsePrefix(entry)
	if err != nil {
		return network, false
	}
	// Addresses are compared as IPv4 wherever they can be: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
	if mapped := 96; network.Addr().Is4In6() && network.Bits() >= mapped {
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-mapped)
	}
	return network.Masked(), true
}

func (t Trusted) has(addr netip.Addr) bool {
	return slices.ContainsFunc(t.networks, func(n netip.Prefix) bool { return n.Contains(addr) })
}

// Client returns the address of the client behind r: the direct peer, or, when
// that is a trusted proxy, what the proxies say.
//
// They are believed from the last one backwards: the first address that is not
// a trusted proxy's is the client's, because whatever stands before it was
// written by the client or by somebody unknown. If all are trusted, the first
// of the list is the client. Something that is no address ends the search at
// the direct peer.
func (t Trusted) Client(r *http.Request) string {
	peerText := Peer(r)
	peer, err := netip.ParseAddr(peerText)
	if err != nil || !t.has(peer.Unmap().WithZone("")) {
		return peerText
	}
	hops := forwarded(r.Header.Values("Forwarded"))
	if hops == nil {
		hops = forwardedFor(r.Header.Values("X-Forwarded-For"))
	}
	client := peerText
	for _, hop := range slices.Backward(hops) {
		addr, ok := parseHop(hop)
		if !ok {
			return peerText
		}
		if client = addr.String(); !t.has(addr) {
			break
		}
	}
	return client
}

// Peer returns the address of the direct peer of r, without the port.
func Peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr // of a listener without ports
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String()
	}
	return host
}

// Scheme returns the scheme under which the client reached the outermost proxy,
// as a trusted direct peer says it: http, https, or "" when nobody says.
func (t Trusted) Scheme(r *http.Request) string {
	peer, err := netip.ParseAddr(Peer(r))
	if err != nil || !t.has(peer.Unmap().WithZone("")) {
		return ""
	}
	switch proto := strings.ToLower(strings.TrimSpace(r.Header.Get("X-Forwarded-Proto"))); proto {
	case "http", "https":
		return proto
	}
	return ""
}

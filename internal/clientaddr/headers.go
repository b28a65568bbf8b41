package clientaddr

import (
	"net/netip"
	"strings"
)

// forwardedFor returns the entries of X-Forwarded-For, the farthest first. A
// repeated header continues the list.
func forwardedFor(lines []string) []string {
	var hops []string
	for _, line := range lines {
		for entry := range strings.SplitSeq(line, ",") {
			if entry = strings.TrimSpace(entry); entry != "" {
				hops = append(hops, entry)
			}
		}
	}
	return hops
}

// noAddress stands for a proxy that did not say whom it forwarded for.
const noAddress = "unknown"

// forwarded returns the for= of each element of Forwarded (RFC 7239), the
// farthest first, or nil if none of them has one: then the header is used for
// something else and says nothing about addresses.
func forwarded(lines []string) []string {
	var hops []string
	told := false
	for _, line := range lines {
		for _, element := range splitQuoted(line, ',') {
			if element = strings.TrimSpace(element); element == "" {
				continue
			}
			hop := noAddress
			for _, pair := range splitQuoted(element, ';') {
				name, value, _ := strings.Cut(pair, "=")
				if strings.EqualFold(strings.TrimSpace(name), "for") {
					hop, told = unquote(strings.TrimSpace(value)), true
					break
				}
			}
			hops = append(hops, hop)
		}
	}
	if !told {
		return nil
	}
	return hops
}

// splitQuoted splits at a separator outside of quoted strings. A quote that is
// never closed takes the rest.
func splitQuoted(text string, separator byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++ // whatever is escaped, it is no quote
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// unquote takes a quoted string's quotes off. Addresses need no escapes, so a
// value with any is no address and stays one.
func unquote(value string) string {
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return inner
		}
	}
	return value
}

// parseHop reads an address with or without a port and brackets. Zones are
// refused: they mean nothing on another machine, and any text may stand there.
func parseHop(hop string) (netip.Addr, bool) {
	if strings.HasPrefix(hop, "[") && strings.HasSuffix(hop, "]") {
		hop += ":0"
	}
	addr, err := netip.ParseAddr(hop)
	if err != nil {
		withPort, err := netip.ParseAddrPort(hop)
		if err != nil {
			return netip.Addr{}, false
		}
		addr = withPort.Addr()
	}
	return addr.Unmap(), addr.Zone() == ""
}

package openclaw

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// fallbackMinimum is the lowest version accepted when none is configured.
const fallbackMinimum = "2026.1.30"

var calVer = regexp.MustCompile(`^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-(\d{1,9}))?$`)

// parseVersion reads YYYY.M.D or YYYY.M.D-REV as year, month, day and revision.
func parseVersion(s string) ([]int, bool) {
	m := calVer.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return nil, false
	}
	v := make([]int, 4)
	for i, part := range m[1:] {
		if part != "" {
			v[i], _ = strconv.Atoi(part) // digits only, short enough
		}
	}
	return v, len(m[1]) == 4 && v[1] >= 1 && v[1] <= 12 && v[2] >= 1 && v[2] <= 31
}

// VersionVerdict says why a version is not accepted, "" when it is.
func VersionVerdict(current, minimum string) string {
	if strings.TrimSpace(minimum) == "" {
		minimum = fallbackMinimum
	}
	least, ok := parseVersion(minimum)
	if !ok {
		return fmt.Sprintf("Server configuration error: GATEWAY_MIN_VERSION is invalid. Expected CalVer 'YYYY.M.D' or 'YYYY.M.D-REV', got '%s'.", minimum)
	}
	if current == "" {
		return fmt.Sprintf("Unable to determine gateway version from runtime metadata. Minimum supported version is %s.", minimum)
	}
	v, ok := parseVersion(current)
	if !ok {
		return fmt.Sprintf("Gateway reported an unsupported version format '%s'. Minimum supported version is %s.", current, minimum)
	}
	if slices.CompareFunc(v, least, cmp.Compare[int]) < 0 {
		return fmt.Sprintf("Gateway version %s is not supported. Minimum supported version is %s.", current, minimum)
	}
	return ""
}

// CheckVersion dials the gateway anew and says why its version is not accepted,
// "" when it is. Only the connection failing is an error.
func (c *Client) CheckVersion(ctx context.Context, e Endpoint, minimum string) (verdict string, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout+callTimeout)
	defer cancel()
	dialing, cancelDial := context.WithTimeout(ctx, dialTimeout)
	defer cancelDial()
	conn, err := dial(dialing, e, c.o.Identity, c.o.Now)
	if err != nil {
		return "", err
	}
	defer conn.end(&Error{Message: "the check is over"})
	current := conn.hello.Version()
	if _, ok := parseVersion(current); !ok {
		go conn.read()
		if touched := touchedVersion(ctx, c, conn); touched != "" {
			current = touched
		}
	}
	return VersionVerdict(current, minimum), nil
}

// touchedVersion is the version that wrote the configuration last, for gateways
// that do not say theirs.
func touchedVersion(ctx context.Context, c *Client, conn *conn) string {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	raw, _, err := conn.call(ctx, "config.get", struct{}{}, c.o.Now())
	if err != nil {
		return ""
	}
	var answer struct {
		Config configMeta `json:"config"`
		Parsed configMeta `json:"parsed"`
	}
	if json.Unmarshal(raw, &answer) != nil {
		return ""
	}
	return strings.TrimSpace(cmp.Or(answer.Config.Meta.LastTouchedVersion, answer.Parsed.Meta.LastTouchedVersion))
}

type configMeta struct {
	Meta struct {
		LastTouchedVersion string `json:"lastTouchedVersion"`
	} `json:"meta"`
}

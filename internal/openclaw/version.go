package openclaw

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// fallbackMinimum is the lowest version accepted when none is configured.
const fallbackMinimum = "2026.1.30"

// calVer is a version YYYY.M.D or YYYY.M.D-REV.
type calVer struct{ year, month, day, revision int }

func (v calVer) compare(w calVer) int {
	return cmp.Or(cmp.Compare(v.year, w.year), cmp.Compare(v.month, w.month), cmp.Compare(v.day, w.day), cmp.Compare(v.revision, w.revision))
}

var calVerForm = regexp.MustCompile(`^v?([0-9]{4})\.([0-9]{1,9})\.([0-9]{1,9})(?:-([0-9]{1,9}))?$`)

// parseCalVer reads a version; leading zeros do no harm.
func parseCalVer(s string) (v calVer, ok bool) {
	m := calVerForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return calVer{}, false
	}
	for i, part := range []*int{&v.year, &v.month, &v.day, &v.revision} {
		*part, _ = strconv.Atoi(m[i+1]) // digits that fit, or no revision: 0
	}
	return v, v.month >= 1 && v.month <= 12 && v.day >= 1 && v.day <= 31
}

// judgeVersion reports whether current is at least minimum, and if it is not,
// why. A blank minimum stands for the lowest version that was ever supported.
func judgeVersion(current, minimum string) (ok bool, message string) {
	minimum = cmp.Or(strings.TrimSpace(minimum), fallbackMinimum)
	least, readable := parseCalVer(minimum)
	if !readable {
		return false, fmt.Sprintf("Server configuration error: GATEWAY_MIN_VERSION is invalid. Expected CalVer 'YYYY.M.D' or 'YYYY.M.D-REV', got '%s'.", minimum)
	}
	if current == "" {
		return false, fmt.Sprintf("Unable to determine gateway version from runtime metadata. Minimum supported version is %s.", minimum)
	}
	v, readable := parseCalVer(current)
	if !readable {
		return false, fmt.Sprintf("Gateway reported an unsupported version format '%s'. Minimum supported version is %s.", current, minimum)
	}
	if v.compare(least) < 0 {
		return false, fmt.Sprintf("Gateway version %s is not supported. Minimum supported version is %s.", current, minimum)
	}
	return true, ""
}

// CheckVersion dials the gateway anew and reports whether its version is at
// least minimum; if it is not, message says so to people. Only failing to
// connect is an error.
func CheckVersion(ctx context.Context, c *Client, e Endpoint, minimum string) (ok bool, message string, err error) {
	conn, err := c.dialAnew(ctx, e)
	if err != nil {
		return false, "", err
	}
	defer func() { go conn.close("the check is over") }()
	current := strings.TrimSpace(conn.hello.Version)
	if _, readable := parseCalVer(current); !readable {
		current = cmp.Or(c.touchedVersion(ctx, conn), current)
	}
	ok, message = judgeVersion(current, minimum)
	return ok, message, nil
}

// touchedVersion is the version that wrote the configuration last, for gateways
// that do not say theirs; "" when it is not known.
func (c *Client) touchedVersion(ctx context.Context, conn *conn) string {
	answer, _, err := c.request(ctx, conn, "config.get", json.RawMessage("{}"))
	if err != nil {
		return ""
	}
	config, err := configOf(answer)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(clean(textOf(config.child("meta").get("lastTouchedVersion"))))
}

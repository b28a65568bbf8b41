package auth

import (
	"net/http"

	"missioncontrol/internal/mc"
)

// BrowserHeader is what a request that changes something has to carry when its
// credentials are a cookie. Pages of other sites cannot add it unasked.
const BrowserHeader = "X-Mission-Control"

// What is said of requests that a page of another site may have caused.
const (
	CrossSite       = "Cross-site request refused"
	BrowserHeaderNo = "Header " + BrowserHeader + " is required with a session cookie"
)

// SameOrigin tells requests of our own pages from those that pages of other
// sites cause.
type SameOrigin struct{ protection *http.CrossOriginProtection }

// NewSameOrigin trusts pages of these origins as it does our own. What is no
// origin, such as *, is trusted by nobody.
func NewSameOrigin(trusted []string) *SameOrigin {
	p := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		_ = p.AddTrustedOrigin(origin)
	}
	return &SameOrigin{p}
}

// Check refuses a request that changes something and was caused by a page of
// another site, as far as the browser tells.
func (s *SameOrigin) Check(r *http.Request) error {
	if s.protection.Check(r) != nil {
		return mc.Forbidden(CrossSite)
	}
	return nil
}

// CheckStrictly is Check, and insists on BrowserHeader.
func (s *SameOrigin) CheckStrictly(r *http.Request) error {
	if err := s.Check(r); err != nil {
		return err
	}
	if !IsSafe(r.Method) && r.Header.Get(BrowserHeader) == "" {
		return mc.Forbidden(BrowserHeaderNo)
	}
	return nil
}

// IsSafe reports whether requests of a method change nothing.
func IsSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

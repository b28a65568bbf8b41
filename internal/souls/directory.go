package souls

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"missioncontrol/internal/mc"
)

// Source is the site that keeps the souls.
const Source = "https://souls.directory"

const (
	userAgent      = "openclaw-mission-control/1.0"
	connectTimeout = 5 * time.Second
	indexTimeout   = 10 * time.Second
	textTimeout    = 15 * time.Second
	maxIndex       = 16 << 20
	maxText        = 2 << 20
	maxSouls       = 50_000 // as many as the format of the index allows
	indexFresh     = time.Hour
	failureFresh   = time.Minute
)

// Soul names a text of the directory.
type Soul struct{ Handle, Slug string }

// Directory reads the souls directory. Its index is kept in memory.
type Directory struct {
	base   string
	client *http.Client
	clock  mc.Clock

	// fetching holds one token: whoever takes it may fetch, the others wait for
	// what comes of it, or until they lose patience.
	fetching chan struct{}

	mu      sync.Mutex
	souls   []Soul
	failure error
	fresh   mc.Time // until when there is nothing to be fetched
}

// NewDirectory returns the directory at a base URL, which has no slash at its end.
func NewDirectory(base string, clock mc.Clock) *Directory {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout: connectTimeout, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
	}
	return &Directory{
		base: base, clock: clock, fetching: make(chan struct{}, 1),
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// PageURL is where people read the soul.
func (d *Directory) PageURL(s Soul) string { return d.base + "/souls/" + s.Handle + "/" + s.Slug }

// RawURL is where its text is.
func (d *Directory) RawURL(s Soul) string {
	return d.base + "/api/souls/" + s.Handle + "/" + s.Slug + ".md"
}

// Souls lists the index in its order. When the source fails the old index
// serves on; only if there is none, the failure is returned.
func (d *Directory) Souls(ctx context.Context) ([]Soul, error) {
	if souls, err, fresh := d.known(); fresh {
		return souls, err
	}
	select {
	case d.fetching <- struct{}{}:
		defer func() { <-d.fetching }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if souls, err, fresh := d.known(); fresh { // somebody else has fetched it meanwhile
		return souls, err
	}
	// Others wait for this fetch, so it outlives the request that began it.
	souls, err := d.fetchIndex(context.WithoutCancel(ctx))
	d.keep(souls, err)
	souls, err, _ = d.known()
	return souls, err
}

func (d *Directory) known() (souls []Soul, failure error, fresh bool) { //nolint:revive // the failure is part of what is known
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.souls) == 0 {
		failure = d.failure
	}
	return d.souls, failure, d.clock().Before(d.fresh)
}

// keep remembers an index for an hour. A failure, or an index of nothing, which
// is hardly true, is believed for a minute.
func (d *Directory) keep(souls []Soul, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failure, d.fresh = err, d.clock().Add(failureFresh)
	if err == nil && len(souls) > 0 {
		d.souls, d.fresh = souls, d.clock().Add(indexFresh)
	}
}

func (d *Directory) fetchIndex(ctx context.Context) ([]Soul, error) {
	raw, err := d.get(ctx, d.base+"/sitemap.xml", indexTimeout, maxIndex)
	if err != nil {
		return nil, err
	}
	return d.parseIndex(raw)
}

// Text reads the text of a soul.
func (d *Directory) Text(ctx context.Context, s Soul) (string, error) {
	raw, err := d.get(ctx, d.RawURL(s), textTimeout, maxText)
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) {
		return "", errors.New("the souls directory answered with something that is no text")
	}
	return raw, nil
}

func (d *Directory) get(ctx context.Context, url string, timeout time.Duration, limit int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", fmt.Errorf("ask the souls directory: %w", err)
	}
	req.Header.Set("User-Agent", userAgent)
	res, err := d.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("the souls directory cannot be reached: %w", withoutNetwork(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the souls directory answered %s to %s", res.Status, url)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return "", fmt.Errorf("read from the souls directory: %w", err)
	}
	if int64(len(raw)) > limit {
		return "", fmt.Errorf("the souls directory answered with more than %d bytes", limit)
	}
	return string(raw), nil
}

// withoutNetwork is the failure without the address of our name server, which is nobody's business.
func withoutNetwork(err error) error {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Errorf("%s: %s", dns.Name, dns.Err)
	}
	return err
}

// parseIndex finds the souls in a site map, whatever its name spaces.
func (d *Directory) parseIndex(raw string) ([]Soul, error) {
	dec := xml.NewDecoder(strings.NewReader(raw))
	var souls []Soul
	for len(souls) < maxSouls {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return souls, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the index of the souls directory cannot be read: %w", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "loc" {
			continue
		}
		var loc string
		if err := dec.DecodeElement(&loc, &start); err != nil {
			return nil, fmt.Errorf("the index of the souls directory cannot be read: %w", err)
		}
		if s, ok := d.soulAt(strings.TrimSpace(loc)); ok {
			souls = append(souls, s)
		}
	}
	return souls, nil
}

func (d *Directory) soulAt(loc string) (Soul, bool) {
	rest, ok := strings.CutPrefix(loc, d.base+"/souls/")
	if !ok {
		return Soul{}, false
	}
	handle, slug, _ := strings.Cut(strings.TrimRight(rest, "/"), "/")
	return Soul{Handle: handle, Slug: slug}, handle != "" && slug != "" && !strings.Contains(slug, "/")
}

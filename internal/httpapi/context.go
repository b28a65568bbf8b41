package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
)

// info is what is known of the request under way.
type info struct {
	requestID  string
	operation  string // operation id, once routed
	clientAddr string // behind trusted proxies
	scheme     string // as a trusted proxy says it
}

type infoKey struct{}

func requestInfo(ctx context.Context) *info {
	i, _ := ctx.Value(infoKey{}).(*info)
	return i
}

func noteOperation(ctx context.Context, id string) {
	if i := requestInfo(ctx); i != nil {
		i.operation = id
	}
}

// RequestID returns the id of the request under way, or "" outside of one.
func RequestID(ctx context.Context) string {
	if i := requestInfo(ctx); i != nil {
		return i.requestID
	}
	return ""
}

// ClientAddr returns the address of the client, as far as trusted proxies tell.
func ClientAddr(ctx context.Context) string {
	if i := requestInfo(ctx); i != nil {
		return i.clientAddr
	}
	return ""
}

const (
	requestIDHeader  = "X-Request-Id"
	maxRequestIDSize = 128
)

// requestIDOf takes the client's id when it is printable ASCII of a sane
// length, because it goes into headers and logs; otherwise it makes one.
func requestIDOf(req *http.Request) string {
	if sent := req.Header.Values(requestIDHeader); len(sent) > 0 {
		id := strings.TrimSpace(sent[0])
		if id != "" && len(id) <= maxRequestIDSize && strings.IndexFunc(id, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
			return id
		}
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return hex.EncodeToString(b[:])
}

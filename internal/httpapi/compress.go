package httpapi

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// compressMin is the size in bytes below which compression costs more than it saves.
const compressMin = 1400

// compressed compresses answers for clients that ask for it. It surrounds single
// operations and not the whole server, because it would hold back the frames of
// event streams.
func compressed(next http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(compressMin), gzhttp.ContentTypes([]string{"application/json"}))
	if err != nil {
		panic("gzhttp: " + err.Error()) // constant options
	}
	zipped := wrap(next)
	return func(w http.ResponseWriter, req *http.Request) {
		if !strings.Contains(req.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, req)
			return
		}
		zipped.ServeHTTP(w, req)
	}
}

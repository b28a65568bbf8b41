package apidocs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed static thirdparty
var files embed.FS

// asset is one file as it is sent.
type asset struct {
	contentType string
	body        []byte
	zipped      bool
}

// assets serves the embedded files below one folder that is named for their
// content.
type assets struct {
	fingerprint string
	byName      map[string]asset
}

// newAssets reads the embedded files. A file that is stored as NAME.gz is the
// asset NAME, sent as it is stored to whoever takes gzip.
func newAssets() *assets {
	a := &assets{byName: map[string]asset{}}
	sum := sha256.New()
	for _, folder := range []string{"static", "thirdparty"} {
		root, err := fs.Sub(files, folder)
		if err != nil {
			panic("apidocs: " + err.Error())
		}
		err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := fs.ReadFile(root, name)
			if err != nil {
				return err
			}
			_, _ = io.WriteString(sum, name)
			_, _ = sum.Write(body)
			plain, zipped := strings.CutSuffix(name, ".gz")
			a.byName[plain] = asset{contentType: contentType(plain), body: body, zipped: zipped}
			return nil
		})
		if err != nil {
			panic("apidocs: read the embedded files: " + err.Error())
		}
	}
	a.fingerprint = hex.EncodeToString(sum.Sum(nil))[:12]
	return a
}

// address returns the path at which the asset of that name is served. An
// unknown name is an error of ours and panics: pages are rendered at the start.
func (a *assets) address(name string) string {
	if _, ok := a.byName[name]; !ok {
		panic("apidocs: no asset " + strconv.Quote(name))
	}
	return AssetsPath + a.fingerprint + "/" + name
}

// ServeHTTP answers an asset's path with its content, any other with 404.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, AssetsPath+a.fingerprint+"/")
	found, known := a.byName[name]
	if !ok || !known {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", found.contentType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	body := found.body
	if found.zipped {
		header.Add("Vary", "Accept-Encoding")
		if takesGzip(r.Header.Values("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
		} else {
			body = unzip(body)
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // a reader that left wants no answer
}

// takesGzip reads Accept-Encoding: what it says of gzip, else what it says of
// everything (*); a weight of 0 is a no, and so is silence.
func takesGzip(values []string) bool {
	takes := false
	for offer := range strings.SplitSeq(strings.Join(values, ","), ",") {
		coding, weight, _ := strings.Cut(strings.ToLower(offer), ";")
		coding = strings.TrimSpace(coding)
		if coding != "gzip" && coding != "*" {
			continue
		}
		weight = strings.TrimPrefix(strings.TrimSpace(weight), "q=")
		number, err := strconv.ParseFloat(weight, 64)
		takes = err != nil || number > 0
		if coding == "gzip" {
			return takes
		}
	}
	return takes
}

func unzip(body []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		panic("apidocs: an embedded file is broken: " + err.Error())
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		panic("apidocs: an embedded file is broken: " + err.Error())
	}
	return plain
}

// contentType goes by the name alone: the machine's own table of types must
// not matter.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".png":
		return "image/png"
	default:
		return "text/plain; charset=utf-8"
	}
}

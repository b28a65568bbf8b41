package apidocs

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed page.html
var pageHTML string

// contentSecurityPolicy lets the pages load from their own server only, so
// that neither a script of theirs nor the document they show can reach out.
// Both UIs write style elements at run time; ReDoc indexes its search in a
// worker that it makes from a blob.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; " +
	"base-uri 'none'; form-action 'none'"

// pageContent is what differs between the pages; styles and scripts are names
// of assets.
type pageContent struct {
	Title   string
	OpenAPI string
	Styles  []string
	Scripts []string
}

// newPage renders the page once: it is the same for everybody.
func newPage(assets *assets, content pageContent) http.Handler {
	view := template.Must(template.New("page").Funcs(template.FuncMap{"asset": assets.address}).Parse(pageHTML))
	var body bytes.Buffer
	data := struct {
		pageContent
		OAuth2Redirect string
	}{content, OAuth2RedirectPath}
	if err := view.Execute(&body, data); err != nil {
		panic("apidocs: the embedded page does not render: " + err.Error())
	}
	page := body.Bytes()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Length", strconv.Itoa(len(page)))
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		// The page names the assets of its own build, so an old copy of it
		// would name assets that are gone.
		header.Set("Cache-Control", "no-cache")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(page) // a reader that left wants no answer
	})
}

package apidocs

import "net/http"

// Paths at which the caller mounts those of the [Handlers] that the pages
// themselves refer to.
const (
	// AssetsPath is the folder of everything that the pages load.
	AssetsPath = "/docs/assets/"
	// OAuth2RedirectPath is where an authorization server sends a browser back
	// to, after a sign-in that was started on the Swagger UI page.
	OAuth2RedirectPath = "/docs/oauth2-redirect"
)

// Handlers are the pages. Each answers GET and HEAD, needs no credentials and
// may be served under X-Frame-Options: DENY.
type Handlers struct {
	// Swagger is the Swagger UI page, where operations can be tried.
	Swagger http.Handler
	// ReDoc is the ReDoc page, for reading.
	ReDoc http.Handler
	// OAuth2Redirect belongs at [OAuth2RedirectPath].
	OAuth2Redirect http.Handler
	// Assets belongs at [AssetsPath], the prefix left on the request's path.
	// Its addresses hold a fingerprint of the content: they may be cached for
	// good, and an address of another build is not found.
	Assets http.Handler
}

// New returns the pages for the OpenAPI document that the same server has at
// openapiPath, such as "/openapi.json".
func New(openapiPath string) *Handlers {
	assets := newAssets()
	return &Handlers{
		Swagger: newPage(assets, pageContent{
			Title:   "Mission Control API - Swagger UI",
			OpenAPI: openapiPath,
			Styles:  []string{"swagger-ui/swagger-ui.css", "docs.css"},
			Scripts: []string{"swagger-ui/swagger-ui-bundle.js", "swagger-init.js"},
		}),
		ReDoc: newPage(assets, pageContent{
			Title:   "Mission Control API - ReDoc",
			OpenAPI: openapiPath,
			Styles:  []string{"docs.css"},
			Scripts: []string{"redoc/redoc.standalone.js", "redoc-init.js"},
		}),
		OAuth2Redirect: newPage(assets, pageContent{
			Title:   "Mission Control API - sign-in",
			OpenAPI: openapiPath,
			Scripts: []string{"swagger-ui/oauth2-redirect.js"},
		}),
		Assets: assets,
	}
}

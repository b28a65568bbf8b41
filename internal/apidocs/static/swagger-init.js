"use strict";
(() => {
  const docs = document.getElementById("docs");
  window.ui = SwaggerUIBundle({
    domNode: docs,
    url: docs.dataset.openapi,
    oauth2RedirectUrl: new URL(docs.dataset.oauth2Redirect, window.location).href,
    deepLinking: true,
    displayRequestDuration: true,
    // Swagger UI would otherwise send the document's address to a public validator.
    validatorUrl: null,
  });
})();

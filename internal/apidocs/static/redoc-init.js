"use strict";
(() => {
  const docs = document.getElementById("docs");
  Redoc.init(docs.dataset.openapi, {}, docs);
})();

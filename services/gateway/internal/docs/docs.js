// Has Swagger UI, which is loaded before this module, render the description.
const api = document.getElementById("api");
const tryOut = "tryOut" in api.dataset;

/** Where no call can be sent, nobody is asked for a token. */
const reading = () => ({ wrapComponents: { authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null } });

/** Random, also on pages that came by plain http, which have no crypto.randomUUID. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Each call that is sent without a key is a new one; who gives a key tries what the same call again does. */
function giveKey(request) {
  if (request.method === "POST" && request.url.includes("/v1/")) request.headers["Idempotency-Key"] ||= newKey();
  return request;
}

window.SwaggerUIBundle({
  url: api.dataset.description,
  domNode: api,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  presets: [window.SwaggerUIBundle.presets.apis],
  plugins: tryOut ? [] : [reading],
  supportedSubmitMethods: tryOut ? ["get", "put", "post", "delete", "patch"] : [],
  requestInterceptor: giveKey,
  // The description is checked where it is made; the validator is another site.
  validatorUrl: "none",
});

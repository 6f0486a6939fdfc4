// Package page is what all hosted pages run on: a [Site] routes to them, makes the [Request] that their handlers get,
// checks the form's token, and answers what a handler could not.
//
// A feature adds its pages to the site in one function, Mount, with its texts. Who is signed in comes from the gateway
// with the request; every POST needs the page's CSRF token and carries an idempotency key, so that a form sent twice acts
// once. All cookies but oidc's are set here.
package page

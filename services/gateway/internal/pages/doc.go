// Package pages serves the hosted pages: it takes forms, calls the services and fills the views of package view.
//
// Every page works without JavaScript. The session is a cookie; every POST needs the page's CSRF token and
// carries an idempotency key, so that a form sent twice acts once.
package pages

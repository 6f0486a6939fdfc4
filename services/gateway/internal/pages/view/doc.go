// Package view is what people see: the hosted pages, rendered on the server with templ.
//
// Every page is a plain struct, its view model, with a View method that makes the component. A handler fills
// the struct and renders it; all wording happens here, from instants, enum names and reasons. Pages need no
// JavaScript: every form POSTs to Page.Path with the fields csrf_token and idempotency_key, and a form with
// more than one way to be sent says which in the field action. Package static only improves them.
//
// Enum values come as the protobuf names ("CONFIRMED", "NOT_MATCHED"); a value without a text shows its key in
// brackets, which the tests refuse for every value of the contracts.
package view

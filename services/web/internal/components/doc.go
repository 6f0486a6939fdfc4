// Package components is what all hosted pages are made of, rendered on the server with templ: the frame, forms and their
// errors, small parts, and the texts that pages share.
//
// A page is a plain struct, its view model, which embeds [Page] and has a View method that makes the component. A handler
// fills the struct and shows it; all wording happens in views, from instants, enum names and reasons. Pages need no
// JavaScript: every form POSTs to Page.Path with the fields csrf_token and idempotency_key, and a form with more than one
// way to be sent says which in the field action. Package static only improves them.
//
// Enum values come as the protobuf names ("CONFIRMED", "NOT_MATCHED"); a value without a text shows its key in
// brackets, which the tests refuse for every value of the contracts.
package components

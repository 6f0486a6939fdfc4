// Package static is the files of the hosted pages: one style sheet, small custom elements as plain modules, the
// font and the logo. They are embedded; nothing is bundled or fetched from elsewhere.
//
// Addresses carry a hash of all files together, so that modules, fonts and the style sheet name each other by
// relative paths and a browser may keep everything for a year. Pages run under a strict content security
// policy: no inline script or style.
package static

// Package newpassword is the form in which people choose a password, wherever they do.
package newpassword

import "embed"

// Texts are the words of the form.
//
//go:embed locales/*.toml
var Texts embed.FS

// ActionGenerate asks for a password that the server makes, in the field action.
const ActionGenerate = "generate"

package components

import (
	"cmp"

	"github.com/a-h/templ"
)

func (k Passkey) path(p Page) string { return cmp.Or(k.Path, p.Path) }

func (k Passkey) attributes() templ.Attributes {
	a := templ.Attributes{"data-make": k.Make, "data-autofill": k.Autofill}
	set(a, "data-options", k.Options)
	return a
}

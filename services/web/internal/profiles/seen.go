package profiles

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
)

// FieldSeen is the form's field for the version of what was saved when the page was made; names that end so are not kept with
// what was typed.
const FieldSeen = "seen_etag"

// Version is that of what a page shows as saved: another one for other parts.
func Version(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// CheckSeen refuses a form whose page was made when something else was saved than now. One that does not say what its page has
// shown has shown nothing.
func CheckSeen(r *page.Request, now string) error {
	if r.PostFormValue(FieldSeen) == now {
		return nil
	}
	return SavedElsewhere()
}

// SavedElsewhere refuses to overwrite unseen what another tab has saved since the page was made (PRECONDITION_FAILED).
func SavedElsewhere() error {
	return errs.New(errorsv1.Reason_PRECONDITION_FAILED, "another tab has saved something else")
}

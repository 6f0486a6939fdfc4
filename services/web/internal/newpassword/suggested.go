package newpassword

import (
	"time"

	"github.com/propusk-id/propusk/services/web/internal/page"
)

// Suggested keeps a password that the server has made in the browser, until it is taken. Its id is whose it is.
func Suggested() page.Flow { return page.Flow{Name: "newpassword", Life: 15 * time.Minute, Keep: 1} }

package security

import (
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// unsaved are backup codes that were made and that their person has not said to have saved: only hashes of them are left elsewhere.
func unsaved() page.Flow { return page.Flow{Name: "codes", Life: time.Hour, Keep: 1} }

const unsavedID = "own"

// madeCodes are backup codes in the browser.
type madeCodes struct {
	// Account is whose they are.
	Account string
	Codes   []string
}

// actionSaved says that the codes are saved.
const actionSaved = "saved"

// showCodes keeps codes in the browser until they are saved, and goes on to their page.
func showCodes(r *page.Request, codes []string) error {
	if err := r.SaveFlow(unsaved(), unsavedID, madeCodes{Account: r.AccountID(), Codes: codes}); err != nil {
		return err
	}
	r.Redirect(paths.BackupCodes)
	return nil
}

// unsavedCodes are the person's codes that were made and not saved; false: there are none.
func unsavedCodes(r *page.Request) (made madeCodes, ok bool) {
	ok = r.ReadFlow(unsaved(), unsavedID, &made) && made.Account == r.AccountID()
	return made, ok
}

// afterAdding is where a factor leads that was added: to the codes that came with it, unless they are saved.
func afterAdding(r *page.Request) string {
	if _, ok := unsavedCodes(r); ok {
		return paths.BackupCodes
	}
	return savedFactor("added")
}

// backupCodes shows codes that were just made, or makes new ones.
func (f feature) backupCodes(r *page.Request) error {
	made, shown := unsavedCodes(r)
	if r.IsPost() && r.Action() == actionSaved {
		r.EndFlow(unsaved(), unsavedID)
		r.Redirect(savedFactor("codes"))
		return nil
	}
	if r.IsPost() {
		x, err := f.Factors.CreateSecondFactor(r.Context(), &accountv1.CreateSecondFactorRequest{
			AccountId: r.AccountID(), Kind: accountv1.StepKind_BACKUP_CODE,
		})
		if err == nil {
			return showCodes(r, x.GetBackupCodes())
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	if shown {
		return r.Render(BackupCodes{Page: r.Page, Codes: made.Codes})
	}
	return r.Render(NewBackupCodes{Page: r.Page})
}

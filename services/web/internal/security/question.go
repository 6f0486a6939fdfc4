package security

import (
	"context"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
)

// actionRemove takes the question off the account.
const actionRemove = "remove"

// question sets the control question, or takes it off.
func (f feature) question(r *page.Request) error {
	if r.IsPost() {
		done, err := f.setQuestion(r)
		if err != nil || done {
			return err
		}
	}
	present, err := f.presentQuestion(r.Context(), r.AccountID())
	if err != nil {
		return err
	}
	m := Question{Present: present, Question: present}
	if r.Typed() {
		m.Question = r.Field("question")
	}
	m.Page = r.Page
	return r.Render(m)
}

func (f feature) setQuestion(r *page.Request) (done bool, err error) {
	what := "question"
	if r.Action() == actionRemove {
		what = "question_removed"
		_, err = f.Questions.DeleteControlQuestion(r.Context(), &accountv1.DeleteControlQuestionRequest{AccountId: r.AccountID()})
	} else {
		_, err = f.Questions.SetControlQuestion(r.Context(), &accountv1.SetControlQuestionRequest{
			AccountId: r.AccountID(), Question: r.Field("question"), Answer: r.Field("answer"),
		})
	}
	if err == nil {
		r.Redirect(saved(what))
		return true, nil
	}
	if !r.Refused(err, "question") {
		return false, err
	}
	return false, nil
}

// presentQuestion is the one that is set; empty: none is.
func (f feature) presentQuestion(ctx context.Context, account string) (string, error) {
	q, err := f.Questions.GetControlQuestion(ctx, &accountv1.GetControlQuestionRequest{AccountId: account})
	if errs.Is(err, errorsv1.Reason_CONTROL_QUESTION_NOT_SET) {
		return "", nil
	}
	return q.GetQuestion(), err
}

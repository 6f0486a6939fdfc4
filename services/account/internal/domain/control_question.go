package domain

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// ControlQuestion is what a person has chosen to be asked in a recovery: an obstacle there, and nowhere a factor. Its JSON is stored,
// encrypted.
type ControlQuestion struct {
	Question string `json:"question"`
	// PHC is the hash of the answer.
	PHC     string    `json:"phc"`
	SetTime time.Time `json:"-"`
}

// MinAnswer is how many letters and digits an answer has at least.
const MinAnswer = 3

// NormalAnswer is an answer, in NFC, as it is compared: people write it another time with other capitals, spaces and marks, and with
// е for ё.
func NormalAnswer(typed string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(typed) {
		switch {
		case r == 'ё':
			out.WriteRune('е')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out.WriteRune(r)
		}
	}
	return out.String()
}

// CheckControlQuestion refuses an answer that is too short or said by its question.
func CheckControlQuestion(question, answer string) error {
	var wrong errs.Fields
	if strings.TrimSpace(question) == "" {
		wrong.Add("question", errorsv1.Reason_FIELD_REQUIRED)
	}
	normal := NormalAnswer(answer)
	switch {
	case strings.TrimSpace(answer) == "":
		wrong.Add("answer", errorsv1.Reason_FIELD_REQUIRED)
	case utf8.RuneCountInString(normal) < MinAnswer:
		wrong.Add("answer", errorsv1.Reason_ANSWER_TOO_SHORT)
	case strings.Contains(NormalAnswer(question), normal):
		wrong.Add("answer", errorsv1.Reason_ANSWER_IN_QUESTION)
	}
	return wrong.Err()
}

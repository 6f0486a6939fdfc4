package newpassword

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// rules are the policy in words, in the order people meet them.
func (m Fields) rules() []rule {
	out := []rule{{errorsv1.Reason_PASSWORD_TOO_SHORT, m.T("password.rule_length", "Count", int(m.Policy.GetMinLength()))}}
	if m.Policy.GetComposed() {
		out = append(out, m.composition()...)
	}
	return append(out,
		rule{errorsv1.Reason_PASSWORD_COMMON, m.T("password.rule_common")},
		rule{errorsv1.Reason_PASSWORD_PERSONAL, m.T("password.rule_personal")})
}

func (m Fields) composition() []rule {
	texts := []struct {
		reason errs.Reason
		key    string
	}{
		{errorsv1.Reason_PASSWORD_NEEDS_UPPER, "password.rule_upper"},
		{errorsv1.Reason_PASSWORD_NEEDS_LOWER, "password.rule_lower"},
		{errorsv1.Reason_PASSWORD_NEEDS_DIGIT, "password.rule_digit"},
		{errorsv1.Reason_PASSWORD_NEEDS_PUNCTUATION, "password.rule_punctuation"},
		{errorsv1.Reason_PASSWORD_REPEATS, "password.rule_repeats"},
		{errorsv1.Reason_PASSWORD_NOT_LATIN, "password.rule_latin"},
		{errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER, "password.rule_forbidden"},
	}
	out := make([]rule, 0, len(texts))
	for _, t := range texts {
		out = append(out, rule{t.reason, m.T(t.key, "Allowed", spaced(m.Policy.GetPunctuation()), "Forbidden", spaced(m.Policy.GetForbidden()))})
	}
	return out
}

// spaced sets marks apart, so that they can be told from one another.
func spaced(marks string) string { return strings.Join(strings.Split(marks, ""), " ") }

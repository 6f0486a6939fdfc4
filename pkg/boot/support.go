package boot

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// maxHours is how long the hours of support may be: they stand beside the telephone, also in messages.
const maxHours = 60

// supportPhone takes what mobile numbers are not: 8 800 numbers and short ones.
var supportPhone = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{1,18}[0-9]$`)

// checkSupport refuses contacts that nobody could use.
func (c *Config) checkSupport() error {
	if c.SupportPhone != "" && !supportPhone.MatchString(c.SupportPhone) {
		return fmt.Errorf("PROPUSK_SUPPORT_PHONE %q is no telephone number: write it like 8 800 100-70-10", c.SupportPhone)
	}
	if c.SupportEmail != "" {
		if _, err := identifiers.ParseEmail(c.SupportEmail); err != nil {
			return fmt.Errorf("PROPUSK_SUPPORT_EMAIL %q is no email address: write it like help@example.ru", c.SupportEmail)
		}
	}
	return c.checkHours()
}

func (c *Config) checkHours() error {
	if (c.SupportHoursRu == "") != (c.SupportHoursEn == "") {
		return errors.New("the hours of support are set in one language: set both PROPUSK_SUPPORT_HOURS_RU and PROPUSK_SUPPORT_HOURS_EN")
	}
	if c.SupportHoursRu != "" && c.SupportPhone+c.SupportEmail == "" {
		return errors.New("PROPUSK_SUPPORT_HOURS_RU says when, and nothing says where: set PROPUSK_SUPPORT_PHONE or PROPUSK_SUPPORT_EMAIL")
	}
	for name, hours := range map[string]string{
		"PROPUSK_SUPPORT_HOURS_RU": c.SupportHoursRu, "PROPUSK_SUPPORT_HOURS_EN": c.SupportHoursEn,
	} {
		if utf8.RuneCountInString(hours) > maxHours || strings.ContainsFunc(hours, unicode.IsControl) {
			return fmt.Errorf("%s must be one line of at most %d characters, like \"daily 8:00 to 20:00, Moscow time\"", name, maxHours)
		}
	}
	return nil
}

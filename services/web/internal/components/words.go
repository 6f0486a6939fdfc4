package components

import "strings"

// Levels are the account levels from low to high.
func Levels() []string { return []string{"SIMPLIFIED", "STANDARD", "CONFIRMED"} }

// ClaimName is a kind of details in words; one that has none is shown as partners name it.
func (p Page) ClaimName(claim string) string {
	if text := p.T("claim." + claim); !strings.HasPrefix(text, "[") {
		return text
	}
	return claim
}

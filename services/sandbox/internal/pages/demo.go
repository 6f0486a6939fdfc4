package pages

import "slices"

func (m DemoResult) acr() string {
	if id := "demo_acr_name_" + m.Level; m.has(id) {
		return m.t(id)
	}
	return m.Level
}

// foreign says whether the code is the server's.
func (m DemoRefused) foreign() bool {
	return !slices.Contains([]string{"state", "away", "missing"}, m.Code)
}

// cancelled is how the server describes that the person has left the sign-in, as opposed to a refusal to give data.
const cancelled = "the person cancelled the sign-in"

func (m DemoRefused) why() string {
	if m.Code == "access_denied" && m.Description == cancelled {
		return m.t("demo_error_cancelled")
	}
	if id := "demo_error_" + m.Code; m.has(id) {
		return m.t(id)
	}
	return m.t("demo_error_other")
}

package pages

func (m DemoResult) acr() string {
	if id := "demo_acr_name_" + m.Level; m.has(id) {
		return m.t(id)
	}
	return m.Level
}

// foreign says whether the code is the server's.
func (m DemoRefused) foreign() bool { return m.Code != "state" && m.Code != "away" }

func (m DemoRefused) why() string {
	if id := "demo_error_" + m.Code; m.has(id) {
		return m.t(id)
	}
	return m.t("demo_error_other")
}

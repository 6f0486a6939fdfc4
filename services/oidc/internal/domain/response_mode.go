package domain

// The response modes (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode).
const (
	ModeQuery    = "query"
	ModeFormPost = "form_post"
)

// ResponseModes are all of them; the first is what requests get that name none.
func ResponseModes() []string { return []string{ModeQuery, ModeFormPost} }

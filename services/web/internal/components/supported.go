package components

// Supported chooses between a text that sends people to support and one for an installation that has none: the last part of
// the text's key, as in p.T("help.account.todo." + p.Supported()).
func (p Page) Supported() string {
	if p.SupportContacts.Any() {
		return "support"
	}
	return "alone"
}

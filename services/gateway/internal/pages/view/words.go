package view

// levels are the account levels from low to high.
func levels() []string { return []string{"SIMPLIFIED", "STANDARD", "CONFIRMED"} }

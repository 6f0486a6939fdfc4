package components

// Levels are the account levels from low to high.
func Levels() []string { return []string{"SIMPLIFIED", "STANDARD", "CONFIRMED"} }

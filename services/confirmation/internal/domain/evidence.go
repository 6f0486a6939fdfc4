package domain

// Evidence is the state of a confirmation. No contract shows it.
type Evidence string

// The states of evidence.
const (
	// Pending: account has not answered yet.
	Pending Evidence = "PENDING"
	// Applied: the account is confirmed.
	Applied Evidence = "APPLIED"
	// Void: the person's data have changed since the letter was ordered.
	Void Evidence = "VOID"
)

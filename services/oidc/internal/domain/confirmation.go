package domain

// The ways in which a person is confirmed, as clients and claims name them.
const (
	ByLetter    = "letter"
	ByDesk      = "desk"
	ByBank      = "bank"
	BySignature = "signature"
)

// ConfirmationMethods are all that a client's policy may name, whether this installation offers them or not.
func ConfirmationMethods() []string { return []string{ByLetter, ByDesk, ByBank, BySignature} }

// OfferedMethods are those by which this installation confirms people.
func OfferedMethods() []string { return []string{ByLetter} }

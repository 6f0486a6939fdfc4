package identifiers

// oldest is the greatest plausible age in years: the longest proven life is 122.
const oldest = 150

// ownAccountAge is the age in years from which a person holds a passport, and so may have an account.
const ownAccountAge = 14

// CheckBirth refuses a birth in the future or more than 150 years ago.
func CheckBirth(birth Date, today Today) error {
	switch {
	case birth.IsZero():
		return problem(required)
	case birth.AddYears(oldest).Before(today.Moscow):
		return problem(tooEarly)
	}
	return today.CheckPast(birth)
}

// CheckHolderBirth is CheckBirth for the holder of an account, who is at least 14.
func CheckHolderBirth(birth Date, today Today) error {
	if err := CheckBirth(birth, today); err != nil {
		return err
	}
	if birth.AgeOn(today.Kamchatka) < ownAccountAge {
		return problem(under14)
	}
	return nil
}

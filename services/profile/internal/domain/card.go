package domain

// CardParts are the parts of a card that somebody asks for: what nobody asks for is neither read nor decrypted.
type CardParts struct{ Person, Documents, Addresses, UnprovenPhone, UnprovenEmail bool }

// WholeCard is everything known about a person.
func WholeCard() CardParts {
	return CardParts{Person: true, Documents: true, Addresses: true, UnprovenPhone: true, UnprovenEmail: true}
}

// Of is what the parts ask of the contacts.
func (p CardParts) Of(c Contacts) Contacts {
	if !p.UnprovenPhone {
		c.Phone = ""
	}
	if !p.UnprovenEmail {
		c.Email = ""
	}
	return c
}

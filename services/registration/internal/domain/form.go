package domain

import (
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
)

// Form is a sign-up as typed. Channel is unspecified unless the person chose.
type Form struct {
	LastName, FirstName, MiddleName string
	Phone, Email                    string
	Channel                         registrationv1.Channel
	// Interaction and Client are the partner's sign-in that it began from, and the partner.
	Interaction, Client string
}

// Read checks every field at once. Phones must be of one of the countries (dialled codes: 7 is Russia and
// Kazakhstan).
func (f Form) Read(countries []int) (Card, registrationv1.Channel, error) {
	var wrong errs.Fields
	card := Card{
		Interaction: f.Interaction, Client: f.Client,
		LastName:  read(&wrong, "last_name", f.LastName, identifiers.ParseName),
		FirstName: read(&wrong, "first_name", f.FirstName, identifiers.ParseName),
	}
	if f.MiddleName != "" {
		card.MiddleName = read(&wrong, "middle_name", f.MiddleName, identifiers.ParseName)
	}
	if f.Phone != "" {
		card.Phone = read(&wrong, "phone", f.Phone, phoneOf(countries))
	}
	if f.Email != "" {
		card.Email = read(&wrong, "email", f.Email, identifiers.ParseEmail)
	}
	return card, f.channel(&wrong), wrong.Err()
}

// channel is the chosen one, else SMS when there is a phone.
func (f Form) channel(wrong *errs.Fields) registrationv1.Channel {
	switch {
	case f.Phone == "" && f.Email == "":
		wrong.Add("phone", errorsv1.Reason_CONTACT_REQUIRED)
	case f.Channel == registrationv1.Channel_SMS && f.Phone == "":
		wrong.Add("phone", errorsv1.Reason_FIELD_REQUIRED)
	case f.Channel == registrationv1.Channel_EMAIL && f.Email == "":
		wrong.Add("email", errorsv1.Reason_FIELD_REQUIRED)
	}
	switch {
	case f.Channel != registrationv1.Channel_CHANNEL_UNSPECIFIED:
		return f.Channel
	case f.Phone != "":
		return registrationv1.Channel_SMS
	}
	return registrationv1.Channel_EMAIL
}

func phoneOf(countries []int) func(string) (identifiers.Phone, error) {
	return func(s string) (identifiers.Phone, error) { return identifiers.ParsePhoneOf(countries, s) }
}

func read[T any](wrong *errs.Fields, name, value string, parse func(string) (T, error)) T {
	v, err := parse(value)
	wrong.Check(name, err)
	return v
}

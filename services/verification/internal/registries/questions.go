package registries

import (
	"context"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// NewPFR asks the pension fund about all that it has: SNILS, name, birth and gender.
func NewPFR(client registryv1.RegistryServiceClient, enabled bool, s Settings) *Registry {
	return newRegistry(verificationv1.Registry_PFR, func(ctx context.Context, s *profilev1.Snapshot) (answer, error) {
		p := s.GetPerson()
		return client.CheckPension(ctx, &registryv1.CheckPensionRequest{
			Snils: p.GetSnils(), LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(),
			BirthDate: p.GetBirthDate(), Gender: p.GetGender().String(), BirthPlace: p.GetBirthPlace(),
		})
	}, enabled, s)
}

// NewFMS asks the passport register about all that it has: the passport, its issue, and what stands in it.
func NewFMS(client registryv1.RegistryServiceClient, enabled bool, s Settings) *Registry {
	return newRegistry(verificationv1.Registry_FMS, func(ctx context.Context, s *profilev1.Snapshot) (answer, error) {
		p, d := s.GetPerson(), s.GetPassport()
		return client.CheckPassport(ctx, &registryv1.CheckPassportRequest{
			Series: d.GetSeries(), Number: d.GetNumber(), IssueDate: d.GetIssueDate(), IssueCode: d.GetIssueCode(),
			LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(),
			BirthDate: p.GetBirthDate(), Gender: p.GetGender().String(), BirthPlace: p.GetBirthPlace(),
			Citizenship: p.GetCitizenship(), IssuedBy: d.GetIssuedBy(),
		})
	}, enabled, s)
}

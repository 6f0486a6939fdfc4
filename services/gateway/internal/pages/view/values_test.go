package view_test

import (
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// Every value of the contracts has words on the page that shows it.
func TestEveryValueOfTheContractsHasWords(t *testing.T) {
	page := signedIn("en", "/x")
	check := view.Check{Registry: "PFR", State: "PENDING"}
	for _, c := range []struct {
		values protoreflect.EnumDescriptor
		show   func(value string) view.View
	}{
		{accountv1.Level(0).Descriptor(), func(v string) view.View { return view.LevelTooLow{Page: page, Required: v, Current: v} }},
		{accountv1.Method(0).Descriptor(), func(v string) view.View { return view.Confirmed{Page: page, Method: v, Time: noon()} }},
		{profilev1.Gender(0).Descriptor(), func(v string) view.View { return view.Person{Page: page, State: "VERIFIED", Gender: v} }},
		{profilev1.DataState(0).Descriptor(), func(v string) view.View { return view.Person{Page: page, State: v} }},
		{profilev1.AddressType(0).Descriptor(), func(v string) view.View { return view.LetterOrder{Page: page, Type: v} }},
		{verificationv1.State(0).Descriptor(), func(v string) view.View {
			return view.Verification{Page: page, State: v, Checks: []view.Check{check}}
		}},
		{verificationv1.Registry(0).Descriptor(), func(v string) view.View {
			return view.Verification{Page: page, State: "PENDING", Checks: []view.Check{{Registry: v, State: "UNAVAILABLE"}}}
		}},
		{verificationv1.Check_State(0).Descriptor(), func(v string) view.View {
			return view.Verification{Page: page, State: "PENDING", Checks: []view.Check{{Registry: "FMS", State: v}}}
		}},
		{verificationv1.MismatchReason(0).Descriptor(), func(v string) view.View {
			wrong := view.Check{Registry: "FMS", State: "NOT_MATCHED", Reasons: []string{v}}
			return view.Verification{Page: page, State: "NOT_MATCHED", Checks: []view.Check{wrong}}
		}},
		{confirmationv1.LetterState(0).Descriptor(), func(v string) view.View { return view.LetterStatus{Page: page, State: v} }},
	} {
		values := c.values.Values()
		for i := 1; i < values.Len(); i++ { // 0 is UNSPECIFIED
			name := string(values.Get(i).Name())
			t.Run(string(c.values.FullName())+"/"+name, func(t *testing.T) {
				parsed(t, render(t, c.show(name))).words(t, "en")
			})
		}
	}
}

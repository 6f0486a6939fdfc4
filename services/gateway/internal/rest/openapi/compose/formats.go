package compose

import (
	"maps"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// format is what a text or a number looks like.
type format struct {
	// both is said of what is sent and of what is answered. sent and answer are said of one of them only, where people may type
	// in more ways than the one that is answered.
	both, sent, answer object
}

// formats are those that contracts may name.
var formats = map[optionsv1.Format]format{
	optionsv1.Format_DATE:          {both: object{"format": "date", "examples": []any{"1990-12-31"}}},
	optionsv1.Format_UUID:          {both: object{"format": "uuid"}},
	optionsv1.Format_EMAIL_ADDRESS: {both: object{"format": "email", "maxLength": identifiers.MaxEmail, "examples": []any{"anna@example.ru"}}},
	optionsv1.Format_PHONE_NUMBER: {
		both:   object{"description": "A Russian mobile number; punctuation and a leading 8 are taken too.", "examples": []any{"+79161234567"}},
		answer: object{"pattern": `^\+7\d{10}$`, "description": "E.164."},
	},
	optionsv1.Format_SNILS: {
		both:   object{"examples": []any{"000-000-600 10"}},
		sent:   object{"pattern": identifiers.DigitsPattern(11), "description": "Eleven digits with the right checksum, with or without punctuation."},
		answer: object{"pattern": `^\d{3}-\d{3}-\d{3} \d{2}$`, "description": "The insurance number."},
	},
	optionsv1.Format_COUNTRY:  {both: object{"pattern": "^[A-Z]{3}$", "examples": []any{"RUS"}, "description": "ISO 3166-1 alpha-3."}},
	optionsv1.Format_URI:      {both: object{"format": "uri"}},
	optionsv1.Format_TOKEN:    {both: object{"format": "password"}},
	optionsv1.Format_PASSWORD: {both: object{"format": "password"}},
	optionsv1.Format_FIELD_MASK: {
		both:   object{"examples": []any{"lastName,firstName"}},
		sent:   object{"pattern": `^(\*|[A-Za-z]+(,[A-Za-z]+)*)?$`},
		answer: object{"pattern": `^([A-Za-z]+(,[A-Za-z]+)*)?$`},
	},
	optionsv1.Format_LANGUAGE:            {both: object{"pattern": "^[a-z]{2}$", "examples": []any{"ru"}}},
	optionsv1.Format_PASSPORT_SERIES:     digits(4, "4511", `^\d{4}$`),
	optionsv1.Format_PASSPORT_NUMBER:     digits(6, "123456", `^\d{6}$`),
	optionsv1.Format_PASSPORT_ISSUE_CODE: digits(6, "770-001", `^\d{3}-\d{3}$`),
	optionsv1.Format_POSTAL_CODE:         digits(6, "101000", `^\d{6}$`),
	optionsv1.Format_TRACKING_NUMBER:     {both: object{"pattern": `^\d{14}$`}},
	optionsv1.Format_SMS_CODE:            digits(6, "386684", `^\d{6}$`),
	optionsv1.Format_LETTER_CODE:         {both: object{"examples": []any{"L-GNBQM-QBYSQ"}}, sent: object{"pattern": identifiers.LetterCodePattern}},
	optionsv1.Format_REASON:              {both: object{"$ref": schemaRef + fieldCodeSchema}},
	optionsv1.Format_NAME:                longest(identifiers.MaxName),
	optionsv1.Format_BIRTH_PLACE:         longest(identifiers.MaxPlace),
	optionsv1.Format_ISSUER:              longest(identifiers.MaxIssuer),
	optionsv1.Format_REGION:              longest(identifiers.MaxRegion),
	optionsv1.Format_CITY:                longest(identifiers.MaxCity),
	optionsv1.Format_STREET:              longest(identifiers.MaxStreet),
	optionsv1.Format_HOUSE:               longest(identifiers.MaxHouse),
	optionsv1.Format_FLAT:                longest(identifiers.MaxFlat),
	optionsv1.Format_PAGE_SIZE:           {both: object{"minimum": 0, "maximum": paging.MaxSize, "default": paging.DefaultSize}},
}

// digits is a number of so many digits, which is typed with or without what stands between them.
func digits(n int, example, answered string) format {
	return format{
		both: object{"examples": []any{example}}, sent: object{"pattern": identifiers.DigitsPattern(n)}, answer: object{"pattern": answered},
	}
}

// longest is a text of at most so many characters.
func longest(limit int) format { return format{both: object{"maxLength": limit}} }

// formatOf is the format that a contract names for a field.
func formatOf(f protoreflect.FieldDescriptor) format {
	name, _ := proto.GetExtension(f.Options(), optionsv1.E_Format).(optionsv1.Format)
	return formats[name]
}

// ofSent says what is sent looks like.
func (f format) ofSent(schema object) {
	f.say(schema, f.sent)
	f.say(schema, f.both)
}

// ofAnswered says what is answered looks like.
func (f format) ofAnswered(schema object) {
	f.say(schema, f.answer)
	f.say(schema, f.both)
}

// say adds what is known of a text; what its own contract says of it comes first.
func (format) say(schema, known object) {
	if _, refers := known["$ref"]; refers {
		delete(schema, "type")
	}
	said := maps.Clone(schema)
	maps.Copy(schema, known)
	maps.Copy(schema, said)
}

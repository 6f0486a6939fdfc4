package compose

import (
	"maps"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// format is what a text looks like.
type format struct {
	// both is said of what is sent and of what is answered; answer only of the latter, where people may type it in more ways.
	both, answer object
}

// formats are those that contracts may name.
var formats = map[optionsv1.Format]format{
	optionsv1.Format_DATE:          {both: object{"format": "date", "examples": []any{"1990-12-31"}}},
	optionsv1.Format_UUID:          {both: object{"format": "uuid"}},
	optionsv1.Format_EMAIL_ADDRESS: {both: object{"format": "email", "examples": []any{"anna@example.ru"}}},
	optionsv1.Format_PHONE_NUMBER: {
		both:   object{"description": "A Russian mobile number; punctuation and a leading 8 are taken too.", "examples": []any{"+79161234567"}},
		answer: object{"pattern": `^\+7\d{10}$`, "description": "E.164."},
	},
	optionsv1.Format_SNILS: {
		both:   object{"examples": []any{"000-000-600 10"}, "description": "Eleven digits with the right checksum, with or without punctuation."},
		answer: object{"pattern": `^\d{3}-\d{3}-\d{3} \d{2}$`, "description": "The insurance number."},
	},
	optionsv1.Format_COUNTRY:  {both: object{"pattern": "^[A-Z]{3}$", "examples": []any{"RUS"}, "description": "ISO 3166-1 alpha-3."}},
	optionsv1.Format_URI:      {both: object{"format": "uri"}},
	optionsv1.Format_TOKEN:    {both: object{"format": "password"}},
	optionsv1.Format_PASSWORD: {both: object{"format": "password"}},
	optionsv1.Format_FIELD_MASK: {both: object{
		"pattern": `^([A-Za-z]+(,[A-Za-z]+)*)?$`, "examples": []any{"lastName,firstName"},
	}},
	optionsv1.Format_LANGUAGE:            {both: object{"pattern": "^[a-z]{2}$", "examples": []any{"ru"}}},
	optionsv1.Format_PASSPORT_SERIES:     {both: object{"examples": []any{"4511"}}, answer: object{"pattern": `^\d{4}$`}},
	optionsv1.Format_PASSPORT_NUMBER:     {both: object{"examples": []any{"123456"}}, answer: object{"pattern": `^\d{6}$`}},
	optionsv1.Format_PASSPORT_ISSUE_CODE: {both: object{"examples": []any{"770-001"}}, answer: object{"pattern": `^\d{3}-\d{3}$`}},
	optionsv1.Format_POSTAL_CODE:         {both: object{"pattern": `^\d{6}$`, "examples": []any{"101000"}}},
	optionsv1.Format_TRACKING_NUMBER:     {both: object{"pattern": `^\d{14}$`}},
	optionsv1.Format_SMS_CODE:            {both: object{"examples": []any{"386684"}}},
	optionsv1.Format_LETTER_CODE:         {both: object{"examples": []any{"L-GNBQM-QBYSQ"}}},
	optionsv1.Format_REASON:              {both: object{"$ref": schemaRef + codeSchema}},
}

// formatOf is the format that a contract names for a field.
func formatOf(f protoreflect.FieldDescriptor) format {
	name, _ := proto.GetExtension(f.Options(), optionsv1.E_Format).(optionsv1.Format)
	return formats[name]
}

func (f format) sent(schema object) { f.say(schema, f.both) }

func (f format) answered(schema object) {
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

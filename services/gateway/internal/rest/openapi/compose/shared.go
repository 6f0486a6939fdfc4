package compose

// addShared adds the headers and the way to sign in that many operations share.
func addShared(doc object) {
	components := at(doc, "components")
	components["securitySchemes"] = object{"bearer": object{
		"type": "http", "scheme": "bearer", "description": "The token of a session, as createSession answers it.",
	}}
	components["parameters"] = object{
		"IfMatch": object{
			"name": "If-Match", "in": "header", "schema": object{"type": "string", "maxLength": 80},
			"description": "The ETag of what was read: refused with 412 when it has changed since.",
		},
		"IdempotencyKey": object{
			"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string", "minLength": 8, "maxLength": 128},
			"description": "Random, such as a UUIDv4: the same request sent again has one effect and one answer, for 24 h.",
		},
	}
	components["headers"] = object{
		"ETag": object{"description": "The version, for If-Match.", "required": true, "schema": object{"type": "string"}},
		"RetryAfter": object{
			"description": "In how many seconds the same request may succeed, where that is known.", "schema": object{"type": "integer", "minimum": 1},
		},
	}
}

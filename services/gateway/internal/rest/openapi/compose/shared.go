package compose

// addShared adds the headers and the way to sign in that many operations share.
func addShared(doc object) {
	components := at(doc, "components")
	nameRequests(doc)
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
			"description": "Random, such as a UUIDv4: the same request sent again has one effect and one answer, for 24 h. The same key after no answer or a 5xx, a new one after a 4xx.",
		},
	}
	components["headers"] = object{
		"RequestID": object{
			"description": "Names the request in the operator's log: show it where you say \"contact support\".", "required": true,
			"schema": object{"type": "string"},
		},
		"ETag": object{"description": "The version, for If-Match.", "required": true, "schema": object{"type": "string"}},
		"RetryAfter": object{
			"description": "In how many seconds the same request may succeed, where that is known.", "schema": object{"type": "integer", "minimum": 1},
		},
	}
}

// nameRequests says of every answer that its headers name the request.
func nameRequests(doc object) {
	walk(doc, func(o object) {
		responses, ok := o["responses"].(object)
		if !ok {
			return
		}
		for _, r := range responses {
			if response, ok := r.(object); ok && response["$ref"] == nil {
				at(response, "headers")["X-Request-Id"] = object{"$ref": "#/components/headers/RequestID"}
			}
		}
	})
}

// Package strictjson reads JSON bodies into protobuf messages and tells everything that is wrong with one, each by the JSON
// pointer (RFC 6901) of its member.
//
// It takes what protojson takes, but no member twice, no number for an enum, nothing behind the object, and only so many
// levels. What a value means is for the services to decide.
package strictjson

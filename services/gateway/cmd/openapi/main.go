// Command openapi makes the REST API's description out of what protoc-gen-openapiv3 wrote for each contract: one
// document, without what the gateway fills in itself, with the statuses, headers and errors that it adds.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi/compose"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: openapi DIR > openapi.json")
		os.Exit(2)
	}
	doc, err := compose.Document(os.DirFS(os.Args[1]))
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(doc); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

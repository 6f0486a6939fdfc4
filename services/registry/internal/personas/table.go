package personas

import (
	"fmt"
	"strings"
)

// Table is the file as a table for the documentation, including reserved personas.
func Table() (string, error) {
	all, err := parse(file)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| SNILS | who | scenario |\n|---|---|---|\n")
	for _, e := range all {
		scenario := "`" + e.Scenario + "`"
		if e.WaitsFor != "" {
			scenario = "*waits for " + e.WaitsFor + "*"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", e.SNILS, e.Title.En, scenario)
	}
	return b.String(), nil
}

package personas

import (
	"fmt"
	"strings"
)

// Table is the file as a table for the documentation, also those who wait.
func Table() (string, error) {
	all, err := parse(file)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| SNILS | who | fate |\n|---|---|---|\n")
	for _, e := range all {
		fate := "`" + e.Fate + "`"
		if e.WaitsFor != "" {
			fate = "*waits for " + e.WaitsFor + "*"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", e.SNILS, e.Title.En, fate)
	}
	return b.String(), nil
}

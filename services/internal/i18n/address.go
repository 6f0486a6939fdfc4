package i18n

import (
	"regexp"
	"strings"
)

// abbreviation is what an address has before a name or a number, which belong on its line: "ул. Мира", "д. 5", "кв. 12".
var abbreviation = regexp.MustCompile(`(?i)(^|[\s\x{a0},(«])(ул|пр|просп|пр-т|пр-кт|пер|бул|б-р|наб|пл|ш|пр-д|туп|мкр|кв-л|д|дом|вл|корп|к|стр|лит|кв|оф|пом|комн|` +
	`г|гор|с|пос|п|дер|х|ст-ца|пгт|р-н|обл|а/я|тел)(\.?) +`)

// UnbrokenAddress puts spaces that no line ends at after the abbreviations of an address. One without its dot counts before a
// number only: "д 5".
func UnbrokenAddress(line string) string {
	const space = "\u00a0"
	for range 2 { // a match takes the blank that the next one begins after
		line = replaceAt(line, abbreviation.FindAllStringSubmatchIndex(line, -1), space)
	}
	return line
}

func replaceAt(line string, found [][]int, space string) string {
	var out strings.Builder
	at := 0
	for _, f := range found {
		begin, end := f[7], f[1] // behind the dot, behind the blanks
		dotted := f[6] < f[7]
		if !dotted && (end == len(line) || line[end] < '0' || line[end] > '9') {
			continue
		}
		out.WriteString(line[at:begin] + space)
		at = end
	}
	return out.String() + line[at:]
}

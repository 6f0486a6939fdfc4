package password

import "strings"

// The keys of ЙЦУКЕН and QWERTY keyboards, one under the other.
const (
	russianKeys = "йцукенгшщзхъфывапролджэячсмитьбюё"
	latinKeys   = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
)

// spellings are the ways in which people write words in Latin passwords; all take lower case.
type spellings struct {
	// layout is a Russian word typed while the keyboard is switched to Latin; transliteration is one in Latin letters.
	layout, transliteration *strings.Replacer
	// unleet replaces marks by the letters that they look like.
	unleet *strings.Replacer
}

func newSpellings() spellings {
	russian := []rune(russianKeys)
	keys := make([]string, 0, 2*len(russian))
	for i, r := range russian {
		keys = append(keys, string(r), latinKeys[i:i+1])
	}
	return spellings{
		layout: strings.NewReplacer(keys...),
		transliteration: strings.NewReplacer(
			"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y",
			"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f",
			"х", "h", "ц", "c", "ч", "ch", "ш", "sh", "щ", "sch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya",
		),
		unleet: strings.NewReplacer(
			"@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "3", "e", "$", "s", "5", "s", "7", "t",
		),
	}
}

// of lists the forms in which a word may occur in a password.
func (s spellings) of(word string) []string {
	return []string{word, s.layout.Replace(word), s.transliteration.Replace(word)}
}

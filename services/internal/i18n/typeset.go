package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// boundMost is how many letters may be kept on one line: with letters twice as large a narrow screen has room for no more.
const boundMost = 13

// shortWords are those that no Russian line ends with.
const shortWords = " а в и к о с у я во до за из ко на не ни но об от по со "

// Typeset keeps on one line what a line must not end within: a number and what it counts ("2 недели"), «№» and its number, a
// word and the dash after it, a short Russian word and the next one, a number of which stars hide a part. It is for pages: messages and answers to programs have
// plain spaces.
func (l *Localizer) Typeset(text string) string {
	words := strings.Split(strings.ReplaceAll(text, "*-*", "*-\u2060*"), " ")
	var out strings.Builder
	together := 0
	for i, word := range words {
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case l.belong(words[i-1], word) && together+1+length <= boundMost:
			out.WriteString("\u00a0")
			length += together + 1
		default:
			out.WriteString(" ")
		}
		out.WriteString(word)
		together = length
	}
	return out.String()
}

// belong says whether two words next to each other are to stay on one line.
func (l *Localizer) belong(word, next string) bool {
	switch {
	case word == "" || next == "":
		return false
	case next == "—":
		return true
	case word == "№":
		return digit(next[0])
	case digit(word[len(word)-1]):
		return counted(next)
	default:
		return l.lang == "ru" && strings.Contains(shortWords, " "+strings.ToLower(strings.Trim(word, "«("))+" ")
	}
}

// counted says whether a word may be what a number counts: "минут", "May", "г.", and not the "по" of "12:00 по московскому".
func counted(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLetter(first) && (utf8.RuneCountInString(word) > 2 || strings.HasPrefix(word, "г."))
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

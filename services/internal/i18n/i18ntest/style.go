package i18ntest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// rule is something that docs/style.md has another way for: what is wrong (and what is right), and how it is recognised.
type rule struct {
	what string
	said *regexp.Regexp
}

func in(what, said string) rule { return rule{what, regexp.MustCompile(`(?i)` + said)} }

// everywhere are the rules of both languages.
func everywhere() []rule {
	return []rule{
		in("two spaces", `[^ ]  +[^ ]`),
		in("three dots: none, or …", `\.\.\.`),
		in("a hyphen for a dash", `[^ ] - `),
		in("an exclamation mark", `[\p{L}\p{N}»)]!`),
		in("e-mail: почта, email", `e-mail`),
		in("SMS: СМС, text message", `\bsms\b`),
		in("the offices' former names: СФР, МВД, Social Fund, MVD", `\b(pfr|fms)\b|пфр|фмс`),
		in("a phone that can break: no-break spaces", `\+7 \d|\d{3} \d{3}-\d{2}`),
		in("a SNILS that can break: a no-break space", `\d{3}-\d{3}-\d{3} \d`),
		in("a passport that can break: no-break spaces", `\d{2} ?\d{2} \d{6}`),
		in("a house or flat that can break: a no-break space", `(^|\s)(д|кв|корп|стр)\. \d`),
	}
}

func russian() []rule {
	return []rule{
		in("аккаунт: учётная запись", `аккаунт`),
		in("пожалуйста", `пожалуйста`),
		in("реестр: ведомства", `реестр`),
		in("верификация: проверка", `верифи`),
		in("логин, залогиниться: телефон, почта или СНИЛС; войти", `логин`),
		in("канцелярит", `осуществл|производится|является|посредством|необходимо`),
		in("мейл: почта", `мейл`),
		in("straight quotes: «ёлочки»", `"[А-Яа-яЁё]|[А-Яа-яЁё]"`),
		in("a second full stop after «г.» or «Анна П.»", `\{\{\.(date|from|until|name)\}\}\.|[а-я]\.\.`),
		in("what to enter, per field", `заполните это поле|сократите значение|значения должны быть|знак в знак`),
		in("по данным ведомства", `реестры знают|расходится|этот человек умер`),
		in("a message that is clear about whose it is", `вам заказано|запись вошли|если та запись|код для регистрации:`),
		in("вы изменили данные в другой вкладке; действие недоступно", `успели измениться|так обратиться`),
		in("тестовые люди", `кем можно быть`),
	}
}

func english() []rule {
	return []rule{
		in("please", `\bplease\b`),
		in("registry: the authorities", `\bregistr(y|ies)\b`),
		in("agency, government: the authorities", `\bagenc(y|ies)\b|\bgovernment\b`),
		in("middle name: patronymic", `\bmiddle name\b`),
		in("surname: last name", `\bsurname`),
		in("birth date, birth place: date of birth, place of birth", `\bbirth (date|place)\b`),
		in("data: details", `\bdata\b`),
		in("submit: send, send for checking", `\bsubmit`),
		in("verify: check", `\bverif(y|ied|ies|ication)\b`),
		in("prove: confirm", `\bprove[ns]?\b|you are you\b`),
		in("log in: sign in", `\blog(ged|ging)?[ -]?(in|out)\b`),
		in("turn to: contact", `\bturn to\b`),
		in("go on: continue", `\b(go|going|goes) on\b`),
		in("dead, died: deceased", `\b(dead|died)\b`),
		in("portal: site", `\bportal\b`),
		in("to the beginning: start again", `to the beginning`),
		in("what to enter, per field", `fill in this|correct this`),
		in("what a button does", `\bonly save\b`),
		in("what one can do", `open to you`),
		in("test people", `somebody to be`),
		in("with your passport", `against your passport`),
	}
}

// withoutYo are frequent words whose «ё» was left out: by how they begin, and whole those that begin other words too.
func withoutYo() *regexp.Regexp {
	return regexp.MustCompile(`^(учетн|подтвержденн|упрощенн|введенн|сохраненн|надежн|партнер|счет|отчет|расчет|прием|объем|` +
		`ребен|соединенн)|` +
		`^(еще|ее|нее|свое|мое|твое|чье|идет|ждет|дает|придет|найдет|найдем|начнет|введет|войдет|войдем|уйдет|перейдем|перейдет|подойдет|` +
		`займет|пришлем|пришлет|вернем|вернет|возьмет|живет|зовет|разберемся)$`)
}

// Guide is docs/style.md of a language, as far as it can be tested.
type Guide struct {
	rules         []rule
	word, lacksYo *regexp.Regexp
}

// GuideOf is the guide of a language, "ru" or "en".
func GuideOf(lang string) Guide {
	g := Guide{word: regexp.MustCompile(`[а-яё]+`), lacksYo: withoutYo(), rules: append(everywhere(), english()...)}
	if lang == "ru" {
		g.rules = append(everywhere(), russian()...)
	}
	return g
}

// Faults says what in a text the guide has another way for.
func (g Guide) Faults(text string) []string {
	var out []string
	for _, r := range g.rules {
		if found := r.said.FindString(text); found != "" {
			out = append(out, r.what+" ("+found+")")
		}
	}
	for _, word := range g.word.FindAllString(strings.ToLower(text), -1) {
		if g.lacksYo.MatchString(word) {
			out = append(out, "«е» for «ё» ("+word+")")
		}
	}
	return out
}

// LabelsHaveNoStop says which buttons, titles and hints of the pages below the roots end like a sentence.
func LabelsHaveNoStop(t *testing.T, roots ...string) {
	t.Helper()
	labels := labels(t, roots)
	named := regexp.MustCompile(`(title|button|hint)$`)
	for _, lang := range []string{"ru", "en"} {
		for key, forms := range CatalogueOf(t, lang, roots...) {
			if !labels[key] && !named.MatchString(key) {
				continue
			}
			for _, text := range forms {
				if strings.HasSuffix(text, ".") {
					t.Errorf("%s: %s is a button, a title or a hint and ends with a full stop", lang, key)
				}
			}
		}
	}
}

// labels are the keys of texts that stand on buttons, in headings and in hints of fields.
func labels(t *testing.T, roots []string) map[string]bool {
	t.Helper()
	place := regexp.MustCompile(`Button\(|GiveUp\(|Heading\(|class="button|<h[1-6]|Hint:`)
	key := regexp.MustCompile(`\b[tT]\("([\w.]+)"[,)]`)
	out := map[string]bool{}
	for _, root := range roots {
		for path := range filesBelow(t, root, func(path string) bool { return strings.HasSuffix(path, ".templ") }) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if !place.MatchString(line) {
					continue
				}
				for _, m := range key.FindAllStringSubmatch(line, -1) {
					out[m[1]] = true
				}
			}
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d buttons, titles and hints were found", len(out))
	}
	return out
}

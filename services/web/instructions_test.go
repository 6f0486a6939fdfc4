package web_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

// lacking is what the product cannot do yet. Once it can, the line goes.
func lacking() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"to end other sessions":  regexp.MustCompile(`(?i)заверш[а-яё]* (все |чужие |другие )сеанс|sign out (of all|everywhere) other|end (all|other) sessions`),
		"to close an account":    regexp.MustCompile(`(?i)(удал|заблокир|закро)[а-яё]* (свою |эту )?учётную запись|(delete|close|block|lock) (your|this|the) account`),
		"to talk in a chat":      regexp.MustCompile(`(?i)в чат|\bchat\b`),
		"another way to confirm": regexp.MustCompile(`(?i)центр[а-яё]* обслуживания|электронн[а-яё]* подпис|service cent(re|er)|e-?signature`),
	}
}

// No text asks for what the product cannot do.
func TestNoTextNamesWhatTheProductLacks(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		for where, text := range words(t, lang) {
			for what, said := range lacking() {
				if found := said.FindString(text); found != "" {
					t.Errorf("%s: %s: %q, and there is no way to", where, what, found)
				}
			}
		}
	}
}

// known are the things that texts tell people to do, in Russian, where they can be told from other words; each can be done.
func known() map[string]string {
	return map[string]string{
		"sign up and in, sign out":           "зарегистрируйтесь регистрируйтесь войдите выйдите подтвердите продолжите начните",
		"fill in a form":                     "введите вводите укажите напишите пишите наберите заполните выберите отметьте придумайте перепишите исправьте измените внесите перечислите ответьте",
		"correct what was refused":           "добавьте уберите удалите смените отмените отключите освободите сделайте сократите уменьшите составляйте проверьте сверьте сравните оставьте",
		"send it, again, later":              "отправьте повторите попробуйте подождите дождитесь ждите обновите закончите",
		"ask for a code or a letter":         "запросите закажите получите",
		"open a page, press a button":        "откройте вернитесь нажмите наведите загляните посмотрите узнайте закройте разрешите восстановите повысьте решайте перейдите",
		"turn to support, offices, the post": "обратитесь спросите попросите назовите сообщите",
		"look after oneself":                 "сообщайте говорите пересылайте сохраните запомните делайте убедитесь заведите используйте",
		"add a way to sign in":               "задайте установите напечатайте храните",
		"recover the account":                "верните",
		"agree with a trusted contact":       "соглашайтесь откажитесь пригласите позвоните поговорите предупредите называйте",
		"use the sandbox":                    "возьмите скопируйте увидите зарегистрируйте скачайте пробуйте",
	}
}

// notAsked are words that only look like it.
const notAsked = "входите сайте видите"

// Every instruction is one that people can follow.
func TestEveryInstructionIsKnown(t *testing.T) {
	can := map[string]bool{}
	for _, list := range known() {
		for _, verb := range strings.Fields(list) {
			can[verb] = true
		}
	}
	for _, word := range strings.Fields(notAsked) {
		can[word] = true
	}
	asks := regexp.MustCompile(`[А-Яа-яЁё]+(ите|йте|ьте)(сь)?([^А-Яа-яЁё]|$)`)
	used := map[string]bool{}
	for where, text := range words(t, "ru") {
		for _, found := range asks.FindAllString(text, -1) {
			verb := strings.ToLower(strings.TrimFunc(found, func(r rune) bool { return !isCyrillic(r) }))
			used[verb] = true
			if !can[verb] {
				t.Errorf("%s asks people: %q. If the product has a way to, add it to known", where, verb)
			}
		}
	}
	if len(used) < 40 {
		t.Errorf("only %d instructions were found", len(used))
	}
}

func isCyrillic(r rune) bool { return r >= 'А' && r <= 'я' || r == 'ё' || r == 'Ё' }

// A text of pages speaks of support only as the one of two that is for installations that have one.
func TestSupportHasTwoTexts(t *testing.T) {
	for lang, word := range map[string]*regexp.Regexp{
		"ru": regexp.MustCompile(`(?i)поддержк`), "en": regexp.MustCompile(`(?i)\bsupport\b`),
	} {
		said := 0
		for key, forms := range i18ntest.CatalogueOf(t, lang, "internal", "../internal/i18n") {
			if !word.MatchString(forms["other"]) || strings.HasPrefix(key, "support.") {
				continue
			}
			said++
			if !strings.HasSuffix(key, ".support") {
				t.Errorf("%s: %s speaks of support, and not every installation has one: make it %s.support and %s.alone", lang, key, key, key)
			}
		}
		if said < 5 {
			t.Errorf("%s: only %d texts speak of support", lang, said)
		}
	}
}

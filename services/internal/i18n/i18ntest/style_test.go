package i18ntest_test

import (
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

// What readers have stumbled over is found wherever it comes back.
func TestFaultsAreFound(t *testing.T) {
	for lang, texts := range map[string][]string{
		"ru": {
			"Код для регистрации: 386684", "Заполните это поле", "Сократите значение", "Логин или пароль не подходят",
			"Значения должны быть одинаковыми", "Перепишите код целиком, знак в знак", "Реестры знают что-то другое или не ответили",
			"Вот что расходится: этот человек умер", "Вам заказано заказное письмо", "В вашу учётную запись вошли",
			"Данные успели измениться", "Так обратиться нельзя", "Кем можно быть", "Если та запись ваша, войдите в неё",
			"Фамилия в реестрах другая", "Создайте аккаунт", "Подождите, пожалуйста", "Данные ПФР", "Адрес e-mail", "Код из SMS",
			"Готово!", "Подождите...", "Пропуск - это учётная запись", "Два  пробела", "Нажмите \"Войти\"", "Еще раз",
			"учетная запись", "Код придет по СМС", "Осуществляется проверка",
			"Действует до {{.Date}}.", "до 8 марта 1990 г..", "Вошли как {{.Name}}.",
			"Например, +7 900 123-45-67", "СНИЛС 112-233-445 95", "Паспорт 45 11 123456", "Паспорт 9902 600017", "Мясницкая, д. 1", "кв. 2",
		},
		"en": {
			"Prove your e-mail", "Prove your email", "it is known that you are you", "Please correct this", "Fill in this field",
			"Dead; replaces the one before", "Only save", "The authorities say that this person has died", "turn to support",
			"Somebody to be", "To the beginning", "Government registries did not answer", "A registry that does not answer",
			"Your details do not match government records", "Submit your details", "Your details could not be verified",
			"Everything is open to you", "Check your data", "Middle name", "A one-letter surname", "The birth date differs",
			"An agency", "Every SMS comes here", "Log in", "You can go on later", "PFR", "Done!", "like +7 900 123-45-67",
		},
	} {
		guide := i18ntest.GuideOf(lang)
		for _, text := range texts {
			if len(guide.Faults(text)) == 0 {
				t.Errorf("%s: nothing is wrong with %q", lang, text)
			}
		}
	}
}

func TestGoodTextsHaveNoFaults(t *testing.T) {
	for lang, texts := range map[string][]string{
		"ru": {
			"386684 — код Пропуска для регистрации", "Введите дату рождения.", "Не больше 50 знаков.", "Пароли не совпадают.",
			"Телефон, почта, СНИЛС или пароль указаны неверно.", "Введите код полностью: L и ещё 10 знаков.",
			"По данным СФР, владелец СНИЛС умер.", "По вашей учётной записи заказано письмо с кодом", "Действие недоступно",
			"Выполнен вход в вашу учётную запись.", "Вы изменили данные в другой вкладке", "Тестовые люди",
			"Добавьте знак препинания, например . , ! ? или дефис.", "If-Match принимает * или список меток, например \"7\".",
			"Например, +7\u00a0900\u00a0123-45-67", "Хранится до {{.Date}}", "Мясницкая, д.\u00a01", "Все и всё, счёт и партнёр",
		},
		"en": {
			"Confirm your email", "Your identity is confirmed", "There is a problem", "Enter your date of birth.", "The code has expired",
			"Save and finish later", "Records show this person as deceased", "contact support", "Test people", "Start again",
			"Send for checking", "No authority has confirmed it", "We can check details online",
		},
	} {
		guide := i18ntest.GuideOf(lang)
		for _, text := range texts {
			for _, fault := range guide.Faults(text) {
				t.Errorf("%s: %q: %s", lang, text, fault)
			}
		}
	}
}

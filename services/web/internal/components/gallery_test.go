package components_test

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/propusk-id/propusk/services/web/internal/components"
)

// gallery shows every part that pages are made of, to be looked at.
type gallery struct{ components.Page }

func (g gallery) View() templ.Component {
	return around(g.Layout("Parts"), templ.Join(
		templ.Raw("<h1>Parts</h1>"),
		around(g.Banner("info", "Важно"), templ.Raw("<p>Завтра с 2:00 до 4:00 войти не получится.</p>")),
		around(g.Banner("good", "Сохранено"), templ.Raw("<p>Адрес изменён. Письмо уйдёт по новому.</p>")),
		g.Steps(2, "Имя и контакт", "Подтверждение", "Пароль"),
		templ.Raw("<h2>Задачи</h2>"),
		components.TaskList("todo", []components.Task{
			{Title: "Имя", URL: "/a", Kind: "good", Status: "Заполнено"},
			{Title: "Паспорт", URL: "/b", Kind: "todo", Status: "Не начато"},
			{Title: "Проверка", Hint: "Сначала заполните паспорт", Status: "Пока нельзя"},
		}),
		components.AnswersHead("answers", "Ответы", "bad", "Не совпало"),
		g.Answers([]components.Answer{
			{Name: "Фамилия", Value: "Константинопольская-Преображенская-Староверцева-Долгорукова", ChangeURL: "/a"},
			{Name: "Дата рождения", Value: "8 марта 1990 г.", ChangeURL: "/b", Doubt: "Не совпало с данными: МВД."},
			{Field: "snils", Name: "СНИЛС", Value: "000-000-600 02", ChangeURL: "/s"},
			{Name: "Отчество", ChangeURL: "/c"},
			{Name: "Телефон", Value: "+7 900 123-45-67"},
		}),
		around(g.Warning(), templ.Raw("После пяти ошибок придётся ждать 15 минут.")),
		around(components.Notice("info", "К сведению"), templ.Raw("<p>Ведомства отвечают за несколько минут.</p>")),
		around(components.Notice("warn", "Данные не совпали"), templ.Raw("<p>Сверьте их с паспортом.</p>")),
		around(components.Details("Где найти СНИЛС"), templ.Raw("<p>На зелёной карточке или в приложении СФР.</p>")),
		g.fields(),
		g.Badge("CONFIRMED"),
		components.Facts([]components.Fact{{Name: "Заказано", Value: "21 ноября 2025 г."}, {Name: "Уровень", Part: g.Badge("STANDARD")}}),
		g.SavedMeanwhile([]components.Fact{{Name: "Индекс", Value: "119019"}}),
		around(components.Card("card", "Письмо с кодом"), templ.Raw("<p>Письмо ждёт на почте.</p>")),
		g.Copyable("tracking", "80085712345678"),
		g.Pagination(components.Paging{Name: "Уведомления", NewestURL: "?", OlderURL: "?page=3"}),
	))
}

func (g gallery) fields() templ.Component {
	return around(g.Form(), templ.Join(
		g.Input(components.Input{Name: "last_name", Value: "Иvanov", Autocomplete: "family-name"}),
		g.Input(components.Input{Name: "birth_date", Autocomplete: "bday", Mode: "numeric", Size: "size-s", Hint: "Например, 08.03.1990"}),
		g.Radios(components.Input{Name: "gender", Hint: "Как в паспорте"}, []components.Option{{Value: "F", Text: "Женский"}, {Value: "M", Text: "Мужской"}}),
		g.Choice(components.Input{Name: "citizenship", Kind: "select", Autocomplete: "off"}, []components.Option{{Value: "RUS", Text: "Россия"}}),
		g.Password(components.Input{Name: "password", Kind: "password", Autocomplete: "new-password", Value: "Vesna-7-Gory", Made: true}),
		components.Checkbox("no_phone", "У меня нет мобильного телефона", true),
		around(components.Actions(), templ.Join(g.ActionButton("button", "submit", "Отправить"), g.ActionButton("button quiet", "save", "Сохранить и закончить позже"))),
	))
}

// panel is the page at the end of a way.
type panel struct{ components.Page }

func (m panel) View() templ.Component {
	return around(m.Layout("Done"), around(components.Panel("Письмо заказано"), templ.Raw("<p>Номер отслеживания 80085712345678</p>")))
}

// forms are several of a kind on one page.
type forms struct{ components.Page }

func (m forms) View() templ.Component {
	return around(m.Layout("Forms"), templ.Join(
		templ.Raw("<h1>Forms</h1>"),
		around(m.FormOf("/partners", "one"), m.ActionButton("button quiet", "give_up", "One")),
		around(m.FormOf("/partners", "two"), m.ActionButton("button quiet", "give_up", "Two")),
	))
}

// around is a component with children.
func around(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

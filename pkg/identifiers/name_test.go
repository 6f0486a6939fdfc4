package identifiers_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const letters = errorsv1.Reason_NAME_CHARACTERS

func TestName(t *testing.T) {
	check(t, identifiers.ParseName, []reading{
		{" Иванов ", "Иванов", ok},
		{"Салтыков – Щедрин", "Салтыков-Щедрин", ok},
		{"Салтыков‑Щедрин", "Салтыков-Щедрин", ok},
		{"Мамед   оглы", "Мамед оглы", ok},
		{"Д’Артаньян", "Д'Артаньян", ok},
		{"'т Хоофт", "'т Хоофт", ok},
		{"О", "О", ok},
		{"Ли О", "Ли О", ok},
		{"Мартин Лютер II", "Мартин Лютер II", ok},
		{"Smith Jr.", "Smith Jr.", ok},
		{"Nguyễn", "Nguyễn", ok},
		{"Золотарёв", "Золотарёв", ok},
		{"Семе\u0308нов", "Семёнов", ok}, // composed
		{"Ы\u0306лов", "Ы\u0306лов", ok}, // has no composed form
		{"Ивaнов", "", mixed},            // a Latin a
		{"Иvanov", "", mixed},
		{"Иванов-Smith", "Иванов-Smith", ok},
		{"Иванов1", "", letters},
		{"Иванов, Иван", "", letters},
		{"<b>Иванов</b>", "", letters},
		{"山田", "", letters},
		{"Ива\u200bнов", "", malformed},
		{"Иванов\x00", "", malformed},
		{"\xff", "", malformed},
		{strings.Repeat("яя", 50), "Я" + strings.Repeat("я", 99), ok},
		{strings.Repeat("Я", 101), "", tooLong},
		{" ", "", required},
	})
}

func TestNamesThatNobodyHasAreRefused(t *testing.T) {
	for _, name := range []string{
		"З о л о т а р ё в", "Пирогов-", "-Пирогов", "Пирогов -", "Пирогов--Рогов", "Пирогов'", "Пиро''гов", "- '", ".", "Иванов..",
		"А" + strings.Repeat("\u0301", 50), "Бо\u0301\u0302\u0303рис", "\u0301Борис", "Иванов ' Рогов",
	} {
		if got, err := identifiers.ParseName(name); reason(t, err) != letters {
			t.Errorf("%q is read as %q, %v", name, got, err)
		}
	}
}

// What a registry would have in another form is stored in its form.
func TestNamesAreWrittenAsRegistriesHaveThem(t *testing.T) {
	check(t, identifiers.ParseName, []reading{
		{"РОГОВА", "Рогова", ok},
		{"рогова", "Рогова", ok},
		{"рОГОВА", "Рогова", ok},
		{"РОгова", "Рогова", ok},
		{"СЕМЁНОВА-ЩЁГОЛЕВА", "Семёнова-Щёголева", ok},
		{"семёнова -щёголева", "Семёнова-Щёголева", ok},
		{"МакГрегор", "МакГрегор", ok},
		{"McGregor", "McGregor", ok},
		{"МАКГРЕГОР", "Макгрегор", ok},
		{"Д'АРТАНЬЯН", "Д'Артаньян", ok},
		{"д'Артаньян", "д'Артаньян", ok},
		{"МА'МУН", "Ма'мун", ok},
		{"ГАСАН ОГЛЫ", "Гасан оглы", ok},
		{"гасан кызы", "Гасан кызы", ok},
		{"фон Штерн", "фон Штерн", ok},
		{"де ла Крус", "де ла Крус", ok},
		{"Ван Бетховен", "Ван Бетховен", ok},
		{"ВАН", "Ван", ok}, // a surname
		{"аль-Рашид", "аль-Рашид", ok},
		{"МАРТИН ЛЮТЕР II", "Мартин Лютер II", ok},
		{"ы\u0306ЛОВ", "Ы\u0306лов", ok},
	})
}

func TestNamesAreComparedAsRegistriesDo(t *testing.T) {
	for _, same := range [][2]string{{"Семёнова", "СЕМЕНОВА"}, {"Гасан оглы", "гасан оглы"}, {"Белыи\u0306", "Белый"}} {
		if !identifiers.SameName(same[0], same[1]) {
			t.Errorf("%v differ", same)
		}
	}
	for _, other := range [][2]string{
		{"Белыи", "Белый"},
		{"Семёнова-Щёголева", "Семёнова Щёголева"},
		{"Золотарёв", "З о л о т а р ё в"},
		{"Пирогов", "Пирогов-"},
		{"Гасан оглы", "Гасаноглы"},
		{"", "Иванович"},
	} {
		if identifiers.SameName(other[0], other[1]) {
			t.Errorf("%v are the same", other)
		}
	}
}

func TestTextsAreComparedWithTheirSigns(t *testing.T) {
	const issuer = "ОВД «Тёплый Стан-2» г. Москвы, отд. № 2"
	for _, same := range []string{
		issuer, " ОВД \n\"ТЕПЛЫЙ  СТАН-2\" Г.МОСКВЫ,ОТД.№2", "ОВД “Тёплый Стан – 2” г. Москвы , отд. № 2",
	} {
		if identifiers.FoldText(same) != identifiers.FoldText(issuer) {
			t.Errorf("%q is %q", same, identifiers.FoldText(same))
		}
	}
	for _, other := range []string{
		"ОВД «Тёплый Стан-2» г. Москвы, отд. № 22", "Кремль", "",
		"(О,ВД) «Тёплый Стан-2» г. Москвы, отд. № 2", issuer + ";;", issuer + ".", "О В Д «Тёплый Стан-2» г. Москвы, отд. № 2",
		"ОВД Тёплый Стан-2 г. Москвы, отд. № 2", "ОВД «Тёплый Стан 2» г. Москвы, отд. № 2", "ОВД ««Тёплый Стан-2»» г. Москвы, отд. № 2",
		"ОВД «Тёплый Стан-2» г Москвы отд № 2",
	} {
		if identifiers.FoldText(other) == identifiers.FoldText(issuer) {
			t.Errorf("%q is the same", other)
		}
	}
}

func TestNamesAreStable(t *testing.T) {
	word := rapid.StringMatching(`[А-Яа-яЁё]{1,6}([-' ][А-Яа-яЁё]{1,6}){0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		once, err := identifiers.ParseName(word.Draw(t, "name"))
		if err != nil {
			return
		}
		if twice, err := identifiers.ParseName(once); err != nil || twice != once {
			t.Fatalf("%q became %q, %v", once, twice, err)
		}
	})
}

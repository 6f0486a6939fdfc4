package domain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// drawAddress is a place in a town; one in eight is a house without flats.
func drawAddress(d *dice, r region, t town) Address {
	a := Address{
		PostalCode: identifiers.PostIndex(fmt.Sprintf("%s%03d", t.post, d.from1(150))),
		Region:     r.name,
		City:       t.name,
		Street:     pick(d, strings.Split(streets, "|")),
		House:      strconv.Itoa(d.from1(150)),
	}
	if d.oneIn(6) {
		a.House += pick(d, []string{"А", "Б", " корп. 1", " корп. 2", "/2"})
	}
	if !d.oneIn(8) {
		a.Flat = strconv.Itoa(d.from1(240))
	}
	return a
}

const streets = "ул. Ленина|ул. Гагарина|ул. Мира|ул. Садовая|ул. Лесная|ул. Школьная|ул. Новая|ул. Молодёжная|" +
	"ул. Центральная|ул. Советская|ул. Набережная|ул. Заводская|ул. Пушкина|ул. Чехова|ул. Лермонтова|" +
	"ул. Кирова|ул. Чапаева|ул. Победы|ул. Космонавтов|ул. Строителей|ул. Комсомольская|ул. Первомайская|" +
	"ул. Октябрьская|ул. Железнодорожная|ул. 8 Марта|ул. 50 лет Октября|просп. Мира|просп. Победы|" +
	"просп. Космонавтов|пер. Речной|пер. Садовый|бул. Юности|пл. Труда|шоссе Энтузиастов|" +
	"мкр. Северный|проезд Строителей|тупик Южный"

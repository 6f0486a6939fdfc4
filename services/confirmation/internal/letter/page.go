package letter

import (
	"embed"

	"github.com/signintech/gopdf"

	"github.com/propusk-id/propusk/services/internal/i18n"
)

//go:embed fonts/*.ttf
var fonts embed.FS

// The page, in millimetres. The address lies in the window of a DL envelope (GOST R 51506-99: 35 by 90 mm, lower
// right) once the sheet is folded in three.
const (
	left         = 22.0
	right        = 188.0
	windowTop    = 48.0
	windowBottom = windowTop + 35
	windowX      = 104.0

	senderTop    = 30.0
	senderBottom = windowTop - 1
	senderWidth  = windowX - left - 6
)

// The fonts and sizes, in points.
const (
	text, bold, mono = "text", "bold", "mono"
	small            = 9.0
	normal           = 11.0
	large            = 20.0
	codeSize         = 27.0
	// shrinkBy is how much smaller each next try is to get an address into the window.
	shrinkBy = 0.5
)

// sheet draws on the page; after an error it draws no more.
type sheet struct {
	*gopdf.GoPdf
	err error
}

func page(c Content) ([]byte, error) {
	s := newSheet()
	s.SetInfo(gopdf.PdfInfo{Title: title, Creator: "Propusk", Producer: "Propusk", CreationDate: c.Printed})
	s.head(c)
	s.sender(c)
	s.window(c)
	s.message(c)
	s.foot(c)
	if s.err != nil {
		return nil, s.err
	}
	return s.GetBytesPdfReturnErr()
}

func newSheet() *sheet {
	s := &sheet{GoPdf: &gopdf.GoPdf{}}
	s.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
	s.loadFonts()
	s.AddPage()
	return s
}

// loadFonts embeds the fonts; a letter of an alphabet that they lack is printed as a box rather than dropped.
func (s *sheet) loadFonts() {
	for name, file := range map[string]string{text: "PTS55F.ttf", bold: "PTS75F.ttf", mono: "PTM75F.ttf"} {
		data, err := fonts.ReadFile("fonts/" + file)
		s.note(err)
		s.note(s.AddTTFFontDataWithOption(name, data, gopdf.TtfOption{
			OnGlyphNotFoundSubstitute: func(rune) rune { return '□' },
		}))
	}
}

func (s *sheet) head(c Content) {
	s.SetLineWidth(0.6)
	s.SetStrokeColor(11, 95, 89)
	s.Line(left, 28, right, 28)
	s.write(left, 19, bold, 13, "Пропуск · Propusk")
	s.write(windowX, 31, text, small, "Напечатано "+date(c.Printed)+" · заказное письмо")
	if c.Sandbox {
		s.SetTextColor(163, 38, 27)
		s.write(windowX, 19, bold, normal, "ПЕСОЧНИЦА: письмо ненастоящее")
		s.SetTextColor(0, 0, 0)
	}
}

// sender stands upper left, as on an envelope, smaller the longer it is. It answers where it ends.
func (s *sheet) sender(c Content) (end float64) {
	for size := small; ; size -= shrinkBy {
		lines := s.senderLines(c, size)
		if end = senderTop + float64(len(lines))*step(size); end > senderBottom && size > shrinkBy {
			continue
		}
		for i, l := range lines {
			s.write(left, senderTop+float64(i)*step(size), l.font, size, l.text)
		}
		return end
	}
}

func (s *sheet) senderLines(c Content, size float64) []line {
	var out []line
	for i, part := range c.sender() {
		font := text
		if i == 0 {
			font = bold
		}
		for _, l := range s.lines(senderWidth, font, size, i18n.UnbrokenAddress(part)) {
			out = append(out, line{font, l})
		}
	}
	return out
}

// window has what shows through the envelope, and beside it the number's bar code. It answers the address's size and
// where it ends.
func (s *sheet) window(c Content) (size, end float64) {
	s.barcode(c.TrackingNumber, left, windowTop, 62, 13)
	s.write(left, windowTop+14.5, mono, small, spaced(c.TrackingNumber))
	size = normal
	lines := s.address(c, size)
	for float64(len(lines))*step(size) > windowBottom-windowTop {
		size -= shrinkBy
		lines = s.address(c, size)
	}
	end = windowTop
	for _, l := range lines {
		s.write(windowX, end, l.font, size, l.text)
		end += step(size)
	}
	return size, end
}

type line struct{ font, text string }

// address is addressee and address in lines that are no wider than the window.
func (s *sheet) address(c Content, size float64) []line {
	var out []line
	for _, l := range s.lines(right-windowX, bold, size, c.Addressee) {
		out = append(out, line{bold, l})
	}
	for _, part := range c.Address {
		for _, l := range s.lines(right-windowX, text, size, i18n.UnbrokenAddress(part)) {
			out = append(out, line{text, l})
		}
	}
	return out
}

// step is from one line of the address to the next: closer than in other text, so that long ones keep a size that can
// be read.
func step(size float64) float64 { return size * windowLeading / pointsPerMM }

func (s *sheet) message(c Content) {
	s.write(left, 96, bold, large, title)
	y := s.wrap(left, 108, right-left, normal,
		"Вы заказали это письмо, чтобы подтвердить личность. "+
			"Введите код, и учётная запись станет подтверждённой. Никому не сообщайте код: сотрудники его не спрашивают.")
	s.codeBox(c, y+5)
	y += 37
	for i, step := range append(c.stepsRu(), "Код действует до "+date(c.Expire)+" и только один раз. Если заказать новое письмо, код из этого больше не действует.") {
		s.write(left, y, bold, normal, string(rune('1'+i)))
		y = s.wrap(left+8, y, right-left-38, normal, step) + 1.5
	}
	s.qr(c.EnterURL, right-26, 155, 26)
	s.wrap(left, y+3, right-left, normal, c.notYouRu())
	s.wrap(left, 222, right-left, small+1, "In English. "+c.english())
}

func (s *sheet) codeBox(c Content, y float64) {
	s.SetFillColor(227, 239, 236)
	s.SetStrokeColor(11, 95, 89)
	s.RectFromUpperLeftWithStyle(left, y, right-left, 24, "FD")
	s.SetFillColor(0, 0, 0)
	s.write(left+5, y+3, text, small, "Код подтверждения · Confirmation code")
	s.write(left+5, y+9.5, mono, codeSize, Group(c.Code))
}

func (s *sheet) foot(c Content) {
	s.SetLineWidth(0.2)
	s.SetStrokeColor(120, 120, 120)
	s.Line(left, 270, right, 270)
	s.write(left, 272, text, small, "Отправление "+spaced(c.TrackingNumber)+" · "+host(c.PublicURL))
}

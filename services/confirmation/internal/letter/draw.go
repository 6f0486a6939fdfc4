package letter

import (
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
	"github.com/signintech/gopdf"
)

const (
	pointsPerMM   = 72 / 25.4
	leading       = 1.35
	windowLeading = 1.15
)

func (s *sheet) note(err error) {
	if s.err == nil {
		s.err = err
	}
}

// write puts one line with its top left corner at (x, y).
func (s *sheet) write(x, y float64, font string, size float64, line string) {
	s.note(s.SetFont(font, "", size))
	s.SetXY(x, y)
	s.note(s.Cell(nil, line))
}

// wrap writes a paragraph and answers where the next one begins.
func (s *sheet) wrap(x, y, width, size float64, paragraph string) float64 {
	for _, line := range s.lines(width, text, size, paragraph) {
		s.write(x, y, text, size, line)
		y += size * leading / pointsPerMM
	}
	return y
}

// lines breaks a paragraph into lines of at most a width.
func (s *sheet) lines(width float64, font string, size float64, paragraph string) []string {
	s.note(s.SetFont(font, "", size))
	lines, err := s.SplitTextWithOption(paragraph, width, &gopdf.BreakOption{
		Mode: gopdf.BreakModeIndicatorSensitive, BreakIndicator: ' ',
	})
	if err != nil && len(lines) == 0 {
		s.note(err)
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// barcode draws Code 128 as bars, so that it stays sharp on any printer.
func (s *sheet) barcode(content string, x, y, width, height float64) {
	code, err := code128.Encode(content)
	s.draw(code, err, x, y, width, height)
}

// qr draws a QR code.
func (s *sheet) qr(content string, x, y, size float64) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	s.draw(code, err, x, y, size, size)
}

// draw fills the dark modules, each run of a row as one rectangle.
func (s *sheet) draw(code barcode.Barcode, err error, x, y, width, height float64) {
	if s.note(err); s.err != nil {
		return
	}
	s.SetFillColor(0, 0, 0)
	columns, rows := code.Bounds().Dx(), code.Bounds().Dy()
	w, h := width/float64(columns), height/float64(rows)
	for row := range rows {
		for from := 0; from < columns; from++ {
			to := from
			for to < columns && dark(code, to, row) {
				to++
			}
			if to > from {
				s.RectFromUpperLeftWithStyle(x+float64(from)*w, y+float64(row)*h, float64(to-from)*w, h, "F")
				from = to
			}
		}
	}
}

func dark(code barcode.Barcode, column, row int) bool {
	r, _, _, _ := code.At(column, row).RGBA()
	return r == 0
}

// spaced writes a tracking number as the post does: 101000 01 23456 7.
func spaced(number string) string {
	if len(number) != 14 {
		return number
	}
	return number[:6] + " " + number[6:8] + " " + number[8:13] + " " + number[13:]
}

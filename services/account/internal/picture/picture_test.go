package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/picture"
)

var (
	red  = color.RGBA{R: 255, A: 255}
	blue = color.RGBA{B: 255, A: 255}
)

// halves is red at the top and blue below, and green at its sides, which lie outside the square in the middle.
func halves() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			switch {
			case x < 16 || x >= 80:
				m.Set(x, y, color.RGBA{G: 255, A: 255})
			case y < 32:
				m.Set(x, y, red)
			default:
				m.Set(x, y, blue)
			}
		}
	}
	return m
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// secretPlace stands in the EXIF of files, and must not in what is made of them.
const secretPlace = "55.7558N 37.6173E"

// withEXIF puts an orientation and a place into a JPEG.
func withEXIF(file []byte, orientation uint16) []byte {
	order := binary.BigEndian
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08")
	tiff = order.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = order.AppendUint16(order.AppendUint16(tiff, tag), kind)
		tiff = order.AppendUint32(order.AppendUint32(tiff, count), value)
	}
	const afterIFD = 8 + 2 + 2*12 + 4
	entry(0x010e, 2, uint32(len(secretPlace)), afterIFD) // ImageDescription
	entry(0x0112, 3, 1, uint32(orientation)<<16)
	tiff = append(order.AppendUint32(tiff, 0), secretPlace...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, order.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), file[2:]...)
}

func mustMake(t *testing.T, file []byte) (image.Image, []byte) {
	t.Helper()
	made, err := picture.Make(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(made))
	if err != nil || m.Bounds() != image.Rect(0, 0, picture.Side, picture.Side) {
		t.Fatalf("made %v: %v", m.Bounds(), err)
	}
	return m, made
}

// looksLike compares colours as far as JPEG keeps them.
func looksLike(m image.Image, x, y int, want color.RGBA) bool {
	r, g, b, _ := m.At(x, y).RGBA()
	near := func(got uint32, want uint8) bool { return max(int(got>>8), int(want))-min(int(got>>8), int(want)) < 30 }
	return near(r, want.R) && near(g, want.G) && near(b, want.B)
}

func TestTheMiddleIsMade(t *testing.T) {
	for name, file := range map[string][]byte{"jpeg": asJPEG(t, halves()), "png": asPNG(t, halves())} {
		m, _ := mustMake(t, file)
		for _, x := range []int{2, 128, 253} {
			if !looksLike(m, x, 20, red) || !looksLike(m, x, 235, blue) {
				t.Errorf("%s at %d: %v above, %v below", name, x, m.At(x, 20), m.At(x, 235))
			}
		}
	}
	m, _ := mustMake(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 10, 10))))
	if !looksLike(m, 100, 100, color.RGBA{R: 255, G: 255, B: 255, A: 255}) {
		t.Errorf("what is transparent is %v", m.At(100, 100))
	}
}

// The picture is turned as it was taken, and where and when that was is gone.
func TestEXIFIsFollowedAndDropped(t *testing.T) {
	plain := asJPEG(t, halves())
	const near, mid, far = 20, 128, 235
	for orientation, reds := range map[uint16][2]int{
		1: {mid, near}, 2: {mid, near}, 3: {mid, far}, 4: {mid, far},
		5: {near, mid}, 6: {far, mid}, 7: {far, mid}, 8: {near, mid}, 9: {mid, near},
	} {
		file := withEXIF(plain, orientation)
		if !bytes.Contains(file, []byte(secretPlace)) {
			t.Fatal("the file has no place to drop")
		}
		m, made := mustMake(t, file)
		if x, y := reds[0], reds[1]; !looksLike(m, x, y, red) || !looksLike(m, 255-x, 255-y, blue) {
			t.Errorf("orientation %d: %v and %v", orientation, m.At(x, y), m.At(255-x, 255-y))
		}
		if bytes.Contains(made, []byte(secretPlace)) || bytes.Contains(made, []byte("Exif")) {
			t.Errorf("orientation %d: the metadata is still there", orientation)
		}
	}
}

// A file that is a picture and something else at once is made a picture only.
func TestPolyglotsAreTakenApart(t *testing.T) {
	const other = "PK\x03\x04<script>alert(1)</script>"
	comment := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(other) + 2)}, other...)
	for name, file := range map[string][]byte{
		"behind a JPEG": append(asJPEG(t, halves()), other...),
		"behind a PNG":  append(asPNG(t, halves()), other...),
		"in a comment":  append(comment, asJPEG(t, halves())[2:]...),
	} {
		if _, made := mustMake(t, file); bytes.Contains(made, []byte("script")) {
			t.Errorf("%s: it is still there", name)
		}
	}
}

// huge is a small PNG whose head says that it has this many pixels a side.
func huge(t *testing.T, side uint32) []byte {
	t.Helper()
	file := asPNG(t, halves())
	const head, crc = 12, 29
	binary.BigEndian.PutUint32(file[head+4:], side)
	binary.BigEndian.PutUint32(file[head+8:], side)
	binary.BigEndian.PutUint32(file[crc:], crc32.ChecksumIEEE(file[head:crc]))
	return file
}

// animated is a PNG with the chunk of those that move.
func animated(t *testing.T) []byte {
	t.Helper()
	file := asPNG(t, halves())
	const afterHead = 33
	chunk := append([]byte("acTL"), 0, 0, 0, 2, 0, 0, 0, 0)
	full := binary.BigEndian.AppendUint32(append([]byte{0, 0, 0, 8}, chunk...), crc32.ChecksumIEEE(chunk))
	return append(append(bytes.Clone(file[:afterHead]), full...), file[afterHead:]...)
}

func asGIF(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gif.Encode(&out, halves(), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatIsNoGoodPictureIsRefused(t *testing.T) {
	whole := asJPEG(t, halves())
	movingWebP := append([]byte("RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00"), 9, 0, 0, 9, 0, 0)
	for name, test := range map[string]struct {
		file []byte
		want errs.Reason
	}{
		"nothing":            {nil, errorsv1.Reason_FIELD_REQUIRED},
		"too many bytes":     {append(whole, make([]byte, picture.MaxBytes)...), errorsv1.Reason_IMAGE_TOO_LARGE},
		"a bomb":             {huge(t, 60_000), errorsv1.Reason_IMAGE_TOO_MANY_PIXELS},
		"a pixel too many":   {huge(t, picture.MaxSide+1), errorsv1.Reason_IMAGE_TOO_MANY_PIXELS},
		"a GIF":              {asGIF(t), errorsv1.Reason_IMAGE_FORMAT_UNKNOWN},
		"an SVG":             {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), errorsv1.Reason_IMAGE_FORMAT_UNKNOWN},
		"a PDF":              {[]byte("%PDF-1.7"), errorsv1.Reason_IMAGE_FORMAT_UNKNOWN},
		"half a JPEG":        {whole[:len(whole)/2], errorsv1.Reason_IMAGE_UNREADABLE},
		"a head alone":       {whole[:3], errorsv1.Reason_IMAGE_UNREADABLE},
		"a PNG that moves":   {animated(t), errorsv1.Reason_IMAGE_UNREADABLE},
		"a WebP that moves":  {movingWebP, errorsv1.Reason_IMAGE_UNREADABLE},
		"scans without end":  {append(bytes.Clone(whole), bytes.Repeat([]byte{0xff, 0xda}, 100)...), errorsv1.Reason_IMAGE_UNREADABLE},
		"a few too many":     {append(bytes.Clone(whole), bytes.Repeat([]byte{0xff, 0xda}, 20)...), errorsv1.Reason_IMAGE_UNREADABLE},
		"four inks":          {fourInks(), errorsv1.Reason_IMAGE_UNREADABLE},
		"a damaged checksum": {damaged(asPNG(t, halves())), errorsv1.Reason_IMAGE_UNREADABLE},
	} {
		_, err := picture.NewMaker().Make(context.Background(), test.file)
		var p errs.Problem
		if !errors.As(err, &p) || p.Reason != test.want {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// fourInks is the head of a JPEG as printers have them: a frame of 16 by 16 pixels with four components, and the beginning of a scan.
func fourInks() []byte {
	head := []byte{0xff, 0xd8, 0xff, 0xc0, 0, 20, 8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0}
	return append(head, 0xff, 0xda, 0, 2)
}

// Many files at once wait in a short queue, for a short time.
func TestTooManyPicturesAtOnceAreRefused(t *testing.T) {
	file, maker := asJPEG(t, image.NewRGBA(image.Rect(0, 0, 1500, 1500))), picture.NewMaker()
	var all sync.WaitGroup
	begin, refusals := make(chan struct{}), make(chan error, 50)
	for range cap(refusals) {
		all.Go(func() {
			<-begin
			if _, err := maker.Make(context.Background(), file); err != nil {
				refusals <- err
			}
		})
	}
	close(begin)
	all.Wait()
	close(refusals)
	if n := len(refusals); n == 0 || n == cap(refusals) { // on a slow machine those that wait are refused as well, after a while
		t.Errorf("%d of %d are refused", n, cap(refusals))
	}
	for err := range refusals {
		if e, ok := errs.As(err); !ok || e.Reason != errorsv1.Reason_OVERLOADED || e.RetryAfter != 5*time.Second {
			t.Errorf("refused with %v", err)
		}
	}
}

func damaged(file []byte) []byte {
	file[len(file)-20] ^= 0xff
	return file
}

// Package picture makes an account's picture from a file that somebody has sent: a small square that holds nothing of the file but
// what is seen of it.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // registers the decoder

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // registers the decoder

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	// ContentType is of what [Make] makes.
	ContentType = "image/jpeg"
	// Side is its width and height in pixels.
	Side = 256

	// MaxBytes bounds what is read.
	MaxBytes = 2 << 20
	// MaxSide bounds, in pixels, what is decoded: a file of a few kilobytes can say that it has billions of pixels.
	MaxSide = 4096
	// maxScans bounds a progressive JPEG: each scan goes over the whole picture, and can take a few bytes of the file. Cameras and
	// editors write ten or so.
	maxScans = 20

	quality = 85
)

// Make is the middle of the picture, as it is to be looked at, as a JPEG of [Side] by [Side] pixels without any metadata. What is
// wrong with the file is an [errs.Problem].
func Make(file []byte) ([]byte, error) {
	format, err := check(file)
	if err != nil {
		return nil, err
	}
	full, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, problem(errorsv1.Reason_IMAGE_UNREADABLE, 0)
	}
	small := image.NewRGBA(image.Rect(0, 0, Side, Side))
	// A JPEG has no transparency: what lies below is white.
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), full, middle(full.Bounds()), draw.Over, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, orientationOf(file, format).upright(small), &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

// check refuses a file before anything of it is decoded but its head, and says which format it has. A picture of four inks is none that
// cameras make, and takes twice the memory.
func check(file []byte) (format string, err error) {
	switch {
	case len(file) == 0:
		return "", problem(errorsv1.Reason_FIELD_REQUIRED, 0)
	case len(file) > MaxBytes:
		return "", problem(errorsv1.Reason_IMAGE_TOO_LARGE, MaxBytes)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case errors.Is(err, image.ErrFormat), err == nil && !isKnown(format):
		return "", problem(errorsv1.Reason_IMAGE_FORMAT_UNKNOWN, 0)
	case isAnimated(file) || isTooManyScans(file, format) || config.ColorModel == color.CMYKModel:
		return "", problem(errorsv1.Reason_IMAGE_UNREADABLE, 0)
	case err != nil, config.Width < 1, config.Height < 1:
		return "", problem(errorsv1.Reason_IMAGE_UNREADABLE, 0)
	case config.Width > MaxSide || config.Height > MaxSide:
		return "", problem(errorsv1.Reason_IMAGE_TOO_MANY_PIXELS, MaxSide)
	}
	return format, nil
}

// isKnown spares the decoders that others in the process may have registered.
func isKnown(format string) bool { return format == "jpeg" || format == "png" || format == "webp" }

func problem(reason errs.Reason, limit int) error { return errs.Problem{Reason: reason, Max: limit} }

// isAnimated says of a PNG or a WebP that it moves.
func isAnimated(file []byte) bool {
	// An APNG says so in a chunk before its pixels (PNG 3rd edition §11.3.6.1), an animated WebP in its extended header.
	if head, _, ok := bytes.Cut(file, []byte("IDAT")); ok && bytes.HasPrefix(file, []byte("\x89PNG")) {
		return bytes.Contains(head, []byte("acTL"))
	}
	const flags, animation = 20, 1 << 1
	return len(file) > flags && bytes.HasPrefix(file[8:], []byte("WEBPVP8X")) && file[flags]&animation != 0
}

// isTooManyScans counts where scans begin: within a scan the two bytes cannot stand.
func isTooManyScans(file []byte, format string) bool {
	return format == "jpeg" && bytes.Count(file, []byte{0xff, 0xda}) > maxScans
}

// middle is the largest square in the middle.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	corner := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
}

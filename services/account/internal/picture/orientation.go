package picture

import (
	"bytes"
	"image"
	"time"

	"github.com/bep/imagemeta"
)

// orientation is how a camera was held: EXIF's tag of this name, 1 to 8. Another value is taken for 1.
type orientation int

// These bound what reading a file's metadata costs.
const (
	metaTags  = 1000
	metaBytes = 64 << 10
	metaTime  = time.Second
)

// orientationOf reads the tag; 0: the file has none that can be read.
func orientationOf(file []byte, format string) orientation {
	var found orientation
	formats := map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP}
	_, _ = imagemeta.Decode(imagemeta.Options{ // a picture with broken metadata is a picture still
		R: bytes.NewReader(file), ImageFormat: formats[format], Sources: imagemeta.EXIF,
		LimitNumTags: metaTags, LimitTagSize: metaBytes, Timeout: metaTime,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && found == 0 {
				found = orientation(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return found
}

// upright turns and mirrors a square picture so that it stands as it was seen.
func (o orientation) upright(square *image.RGBA) *image.RGBA {
	out := image.NewRGBA(square.Bounds())
	last := square.Bounds().Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			out.SetRGBA(x, y, square.RGBAAt(o.source(x, y, last)))
		}
	}
	return out
}

// source is which pixel of the file is seen at x and y.
func (o orientation) source(x, y, last int) (int, int) {
	switch o {
	case 2:
		return last - x, y
	case 3:
		return last - x, last - y
	case 4:
		return x, last - y
	case 5:
		return y, x
	case 6:
		return y, last - x
	case 7:
		return last - y, last - x
	case 8:
		return last - y, x
	default:
		return x, y
	}
}

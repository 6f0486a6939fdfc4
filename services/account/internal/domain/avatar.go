package domain

import "time"

// Avatar is an account's picture.
type Avatar struct {
	// Image is a JPEG.
	Image   []byte
	SetTime time.Time
}

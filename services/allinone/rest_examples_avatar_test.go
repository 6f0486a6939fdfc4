package allinone_test

// examplePicture is a PNG of one pixel.
const examplePicture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOQz38NAAIqAXp4ksuCAAAAAElFTkSuQmCC"

// setAvatar chooses a picture and takes it off again.
func (d *demonstration) setAvatar() {
	d.refused("AVATAR_NOT_SET", "getAvatar", nil)
	d.refused("VALIDATION_FAILED", "setAvatar", fields{"image": "R0lGODlh"})
	d.call("setAvatar", fields{"image": examplePicture})
	d.call("getAvatar", nil)
	d.call("deleteAvatar", nil)
}

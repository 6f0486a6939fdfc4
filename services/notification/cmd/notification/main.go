// Command notification runs the notification service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/notification"
)

func main() { boot.Main(notification.Service()) }

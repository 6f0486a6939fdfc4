// Command web runs the web service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/web"
)

func main() { boot.Main(web.Service()) }

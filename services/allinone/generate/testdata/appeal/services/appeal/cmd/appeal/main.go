// Command appeal takes what people have to say.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/appeal"
)

func main() { boot.Main(appeal.Service()) }

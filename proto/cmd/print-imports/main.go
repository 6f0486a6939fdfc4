// Command print-imports writes the foreign .proto files that ours import, out of the Go modules that carry
// their descriptors, so that generating needs neither a network registry nor vendored copies.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/jhump/protoreflect/v2/protoprint"
	_ "google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

var roots = []string{"google/api/annotations.proto", "google/api/field_behavior.proto", "buf/validate/validate.proto"}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: print-imports DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "print-imports:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	for _, path := range roots {
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			return err
		}
		if err := write(dir, file); err != nil {
			return err
		}
	}
	return nil
}

// write prints a file and what it imports, leaving out google/protobuf, which buf itself carries.
func write(dir string, file protoreflect.FileDescriptor) error {
	if filepath.Dir(file.Path()) == "google/protobuf" {
		return nil
	}
	imports := file.Imports()
	for i := range imports.Len() {
		if err := write(dir, imports.Get(i).FileDescriptor); err != nil {
			return err
		}
	}
	target := filepath.Join(dir, file.Path())
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	return errors.Join((&protoprint.Printer{}).PrintProtoFile(file, out), out.Close())
}

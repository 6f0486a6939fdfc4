package allinone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/internal/strictjson"
	"github.com/propusk-id/propusk/services/oidc"
)

type clientApplyCommand struct {
	File string `short:"f" required:"" help:"The file, or - for standard input: see docs/clients.md."`
	Yes  bool   `help:"Do it, instead of only showing what would change."`
}

// Run shows what would change, and with --yes changes it. One client that is wrong keeps all from being changed.
func (c clientApplyCommand) Run(ctx context.Context) error {
	text, err := readFile(c.File)
	if err != nil {
		return err
	}
	clients, err := readClients(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return withClients(ctx, func(o oidc.Operator) error { return applyClients(ctx, o, os.Stdout, clients, c.Yes) })
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}

func applyClients(ctx context.Context, o oidc.Operator, w io.Writer, clients []*oidcv1.Client, yes bool) error {
	var pending int
	var wrong []error
	for i, c := range clients {
		changed, err := showChange(ctx, o, w, c)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("clients[%d] %s: %w", i, c.GetClientId(), told(err)))
		}
		if changed {
			pending++
		}
	}
	switch {
	case len(wrong) > 0:
		return errors.Join(append(wrong, errors.New("nothing was changed"))...)
	case pending == 0:
		fmt.Fprintln(w, "Everything is so already.")
		return nil
	case !yes:
		fmt.Fprintf(w, "%d of %d would change. Nothing was changed: give --yes to do it.\n", pending, len(clients))
		return nil
	}
	return changeClients(ctx, o, w, clients)
}

// changeClients does what was shown. Each client is changed by itself: the same command goes on where one failed.
func changeClients(ctx context.Context, o oidc.Operator, w io.Writer, clients []*oidcv1.Client) error {
	for _, c := range clients {
		out, err := o.ApplyClient(ctx, &oidcv1.ApplyClientRequest{Client: c})
		if err != nil {
			return fmt.Errorf("%s: %w", c.GetClientId(), told(err))
		}
		if len(out.GetChanged()) > 0 || out.GetCreated() {
			fmt.Fprintf(w, "%s is changed.\n", c.GetClientId())
		}
		if needsSecret(out.GetClient()) {
			fmt.Fprintf(w, "%s has no secret yet: propusk client secret add %s\n", c.GetClientId(), c.GetClientId())
		}
	}
	return nil
}

func needsSecret(c *oidcv1.Client) bool {
	return len(c.GetSecrets()) == 0 && slices.Contains([]string{"client_secret_basic", "client_secret_post"}, c.GetAuthMethod())
}

// showChange prints in what a client differs from what it is to be.
func showChange(ctx context.Context, o oidc.Operator, w io.Writer, c *oidcv1.Client) (bool, error) {
	out, err := o.ApplyClient(ctx, &oidcv1.ApplyClientRequest{Client: c, DryRun: true})
	switch {
	case err != nil:
		return false, err
	case out.GetCreated():
		fmt.Fprintf(w, "+ %s is new\n", c.GetClientId())
	case len(out.GetChanged()) == 0:
		return false, nil
	default:
		fmt.Fprintf(w, "~ %s changes\n", c.GetClientId())
	}
	before := &oidcv1.Client{}
	if !out.GetCreated() {
		if before, err = o.GetClient(ctx, &oidcv1.GetClientRequest{ClientId: c.GetClientId()}); err != nil {
			return false, err
		}
	}
	return true, printDifference(w, before, out.GetClient(), out.GetChanged())
}

func printDifference(w io.Writer, before, after *oidcv1.Client, changed []string) error {
	was, err := members(before)
	if err != nil {
		return err
	}
	is, err := members(after)
	if err != nil {
		return err
	}
	for _, name := range changed {
		name = errs.JSONName(name)
		for _, line := range []struct {
			sign string
			of   map[string]any
		}{{"-", was}, {"+", is}} {
			if value, ok := line.of[name]; ok {
				text, err := json.Marshal(value)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "    %s %s: %s\n", line.sign, name, text)
			}
		}
	}
	return nil
}

// told is a refusal with the places where the file is wrong.
func told(err error) error {
	e, ok := errs.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	var list []error
	for _, f := range e.Fields {
		place := f.Pointer
		if place == "" {
			place = errs.Pointer(f.Name)
		}
		list = append(list, fmt.Errorf("%s: %s", place, f.Reason))
	}
	return errors.Join(list...)
}

type clientExportCommand struct {
	IDs []string `arg:"" optional:"" name:"id" help:"The client_ids; none: all that the operator has registered."`
}

// Run prints the file.
func (c clientExportCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(o oidc.Operator) error {
		text, err := exported(ctx, o, c.IDs)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(text)
		return err
	})
}

func exported(ctx context.Context, o oidc.Operator, ids []string) ([]byte, error) {
	if len(ids) == 0 {
		all, err := allClients(ctx, o, "operator")
		if err != nil {
			return nil, err
		}
		return clientsYAML(all)
	}
	var list []*oidcv1.Client
	for _, id := range ids {
		c, err := o.GetClient(ctx, &oidcv1.GetClientRequest{ClientId: id})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		list = append(list, c)
	}
	return clientsYAML(list)
}

// clientsYAML is a file of clients, as apply reads it: without secrets, times and owners.
func clientsYAML(list []*oidcv1.Client) ([]byte, error) {
	all := make([]map[string]any, len(list))
	for i, c := range list {
		var err error
		if all[i], err = members(c); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err := e.Encode(map[string]any{"clients": all})
	return out.Bytes(), errors.Join(err, e.Close())
}

// members are a client's settings by their names in JSON, as far as they have a value.
func members(c *oidcv1.Client) (map[string]any, error) {
	c = proto.CloneOf(c)
	c.Secrets, c.CreateTime, c.UpdateTime, c.Owner = nil, nil, nil, ""
	if proto.Equal(c.GetPolicy(), &oidcv1.ClientPolicy{}) {
		c.Policy = nil
	}
	keys := c.GetJwks()
	c.Jwks = ""
	text, err := protojson.Marshal(c)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, err
	}
	if keys != "" {
		var set any
		if err := json.Unmarshal([]byte(keys), &set); err != nil {
			return nil, err
		}
		out["jwks"] = set
	}
	return out, nil
}

// readClients reads a file of clients.
func readClients(text []byte) ([]*oidcv1.Client, error) {
	var file struct {
		Clients []map[string]any `yaml:"clients"`
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	var list []*oidcv1.Client
	var wrong []error
	seen := map[string]bool{}
	for i, entry := range file.Clients {
		c, err := readClient(entry)
		switch {
		case err != nil:
		case c.GetClientId() == "":
			err = errs.Fields{{Name: "client_id", Reason: errorsv1.Reason_FIELD_REQUIRED}}.Err()
		case seen[c.GetClientId()]:
			err = errs.Fields{{Name: "client_id", Reason: errorsv1.Reason_FIELD_REPEATED}}.Err()
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("clients[%d]: %w", i, told(err)))
			continue
		}
		seen[c.GetClientId()] = true
		list = append(list, c)
	}
	if len(file.Clients) == 0 {
		return nil, errors.New("it has no clients: it begins with `clients:` and a list")
	}
	return list, errors.Join(wrong...)
}

// outputOnly are the members that only the service says.
func outputOnly() []string { return []string{"secrets", "createTime", "updateTime", "owner"} }

func readClient(entry map[string]any) (*oidcv1.Client, error) {
	var wrong errs.Fields
	for _, name := range outputOnly() {
		if _, ok := entry[name]; ok {
			wrong.Add(name, errorsv1.Reason_FIELD_NOT_EDITABLE)
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	entry = maps.Clone(entry)
	if keys, ok := entry["jwks"].(map[string]any); ok {
		text, err := json.Marshal(keys)
		if err != nil {
			return nil, err
		}
		entry["jwks"] = string(text)
	}
	text, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	c := &oidcv1.Client{}
	return c, strictjson.Unmarshal(text, c, nil)
}

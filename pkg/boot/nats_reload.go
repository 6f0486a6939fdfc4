package boot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
)

const natsReloadTimeout = 10 * time.Second

// ReloadNATS has the event server read its users, certificate and trusted authorities again, so that a service that is
// new is let in without a restart. The server's own certificate is who may ask for it (deploy/nats.conf); a server that
// does not know it is an operator's own, who reloads it himself.
func ReloadNATS(ctx context.Context, c Config, secretsRoot string) error {
	if !c.natsHasTLS() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, natsReloadTimeout)
	defer cancel()
	identity, err := keyring.OpenIdentity(filepath.Join(secretsRoot, keyring.NATS))
	if err != nil {
		return err
	}
	nc, err := natsConnect(c, nats.Name("propusk-reload"), nats.Secure(identity.ClientTLS(keyring.NATS)))
	if errors.Is(err, nats.ErrAuthorization) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("event server: %w", err)
	}
	defer nc.Close()
	reply, err := nc.RequestWithContext(ctx, "$SYS.REQ.SERVER."+nc.ConnectedServerId()+".RELOAD", nil)
	if err != nil {
		return fmt.Errorf("the event server does not reload its configuration: %w", err)
	}
	var answer struct {
		Error *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return fmt.Errorf("the event server's answer to a reload: %w", err)
	}
	if answer.Error != nil {
		return fmt.Errorf("the event server does not take its configuration (deploy/nats.conf): %s", answer.Error.Description)
	}
	return nil
}

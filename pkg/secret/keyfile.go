package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// keyFile is the JSON of a service's keys. Every key in it is wrapped by the KEK for its own slot, so none
// can take another's place.
type keyFile struct {
	Version int             `json:"version"`
	Data    json.RawMessage `json:"data"`  // Tink's EncryptedKeyset, AES-256-GCM keys
	Index   []wrappedIndex  `json:"index"` // oldest first; the last is the primary
	MAC     []byte          `json:"mac"`
}

type wrappedIndex struct {
	ID  int32  `json:"id"`
	Key []byte `json:"key"`
}

const keyFileVersion = 1

// The slots, bound into the wrapping.
const (
	dataSlot = "propusk/keys/data"
	macSlot  = "propusk/keys/mac"
)

func indexSlot(id int32) []byte { return fmt.Appendf(nil, "propusk/keys/index/%d", id) }

// CreateKeys makes a service's keys and writes them, wrapped, readable by the owner only. A file that exists
// is left alone: the error is then fs.ErrExist, also for all but one of several processes that create at
// once, and each of them may go on to LoadKeys.
func CreateKeys(path string, kek *KEK) error {
	k, err := generate()
	if err != nil {
		return err
	}
	text, err := k.wrap(kek)
	if err != nil {
		return err
	}
	return createFile(path, text)
}

// LoadKeys reads and unwraps a service's keys.
func LoadKeys(path string, kek *KEK) (*Keys, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secret: read the keys: %w", err)
	}
	k, err := unwrap(text, kek)
	if err != nil {
		return nil, fmt.Errorf("secret: %s: %w", path, err)
	}
	return k, nil
}

// ParseKeys unwraps what a key file holds.
func ParseKeys(text []byte, kek *KEK) (*Keys, error) { return unwrap(text, kek) }

func (k *Keys) wrap(kek *KEK) ([]byte, error) {
	var data bytes.Buffer
	if err := k.data.WriteWithAssociatedData(keyset.NewJSONWriter(&data), kek.aead, []byte(dataSlot)); err != nil {
		return nil, fmt.Errorf("secret: wrap the data keyset: %w", err)
	}
	file := keyFile{Version: keyFileVersion, Data: data.Bytes()}
	var err error
	if file.MAC, err = kek.aead.Encrypt(k.mac, []byte(macSlot)); err != nil {
		return nil, fmt.Errorf("secret: wrap the MAC key: %w", err)
	}
	for _, i := range k.index {
		key, err := kek.aead.Encrypt(i.key, indexSlot(i.id))
		if err != nil {
			return nil, fmt.Errorf("secret: wrap an index key: %w", err)
		}
		file.Index = append(file.Index, wrappedIndex{ID: i.id, Key: key})
	}
	return json.MarshalIndent(file, "", "  ")
}

func unwrap(text []byte, kek *KEK) (*Keys, error) {
	var file keyFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("not a key file: %w", err)
	}
	if file.Version != keyFileVersion || len(file.Index) == 0 {
		return nil, fmt.Errorf("not a key file of version %d", keyFileVersion)
	}
	data, err := keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(file.Data)), kek.aead, []byte(dataSlot))
	if err != nil {
		return nil, ErrWrongKEK
	}
	mac, err := kek.aead.Decrypt(file.MAC, []byte(macSlot))
	if err != nil {
		return nil, errors.New("the MAC key does not open: the file was damaged or edited")
	}
	index, err := unwrapIndex(file.Index, kek)
	if err != nil {
		return nil, err
	}
	return newKeys(data, index, mac)
}

func unwrapIndex(wrapped []wrappedIndex, kek *KEK) ([]indexKey, error) {
	index := make([]indexKey, 0, len(wrapped))
	for _, w := range wrapped {
		key, err := kek.aead.Decrypt(w.Key, indexSlot(w.ID))
		if err != nil {
			return nil, fmt.Errorf("index key %d does not open: the file was damaged or edited", w.ID)
		}
		index = append(index, indexKey{id: w.ID, key: key})
	}
	return index, nil
}

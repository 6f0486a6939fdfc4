package secret

import (
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// RotateData adds a data key and makes it the primary; what older keys sealed still opens. Rotate while the
// service is stopped: a process that loaded the old file cannot open what the new key seals.
func RotateData(path string, kek *KEK) error {
	return replaceKeys(path, kek, (*Keys).withNewData)
}

// RotateIndex adds an index key and makes it the primary; Indexes still gives the older ones. Rotate while
// the service is stopped: a process that loaded the old file does not find what the new key indexed.
func RotateIndex(path string, kek *KEK) error {
	return replaceKeys(path, kek, (*Keys).withNewIndex)
}

func (k *Keys) withNewData() (*Keys, error) {
	m := keyset.NewManagerFromHandle(k.data)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("secret: make a data key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("secret: make the data key primary: %w", err)
	}
	data, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("secret: data keyset: %w", err)
	}
	return newKeys(data, k.index, k.mac)
}

func (k *Keys) withNewIndex() (*Keys, error) {
	last := k.index[len(k.index)-1]
	index := append(k.index[:len(k.index):len(k.index)], indexKey{id: last.id + 1, key: random(keyBytes)})
	return newKeys(k.data, index, k.mac)
}

// replaceKeys changes a key file in one step. Only one change runs at a time.
func replaceKeys(path string, kek *KEK, change func(*Keys) (*Keys, error)) error {
	return replaceFile(path, func() ([]byte, error) {
		k, err := LoadKeys(path, kek)
		if err != nil {
			return nil, err
		}
		if k, err = change(k); err != nil {
			return nil, err
		}
		return k.wrap(kek)
	})
}

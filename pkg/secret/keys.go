package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// keyBytes is the length of the KEK, of an index key and of the MAC key: 256 bits.
const keyBytes = 32

// ErrCannotOpen says that a ciphertext was not sealed by these keys with this associated data.
var ErrCannotOpen = errors.New("secret: sealed by other keys, with other associated data, or damaged")

// Keys are the keys of one service. They do not change after loading and serve many goroutines.
type Keys struct {
	data  *keyset.Handle
	aead  tink.AEAD
	index []indexKey // never empty; the last is the primary
	mac   []byte
}

type indexKey struct {
	id  int32
	key []byte
}

// NewKeys makes keys that live in memory only, for tests.
func NewKeys() *Keys {
	k, err := generate()
	if err != nil {
		panic(err)
	}
	return k
}

func generate() (*Keys, error) {
	data, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("secret: make a data key: %w", err)
	}
	return newKeys(data, []indexKey{{id: 1, key: random(keyBytes)}}, random(keyBytes))
}

func newKeys(data *keyset.Handle, index []indexKey, mac []byte) (*Keys, error) {
	primitive, err := aead.New(data)
	if err != nil {
		return nil, fmt.Errorf("secret: data keyset: %w", err)
	}
	return &Keys{data: data, aead: primitive, index: index, mac: mac}, nil
}

// Format writes *** for every verb.
func (*Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// AssociatedData is where a ciphertext belongs. It opens nowhere else, so whoever can write to the database still
// cannot move one person's data to another.
type AssociatedData struct {
	Table, Row, Column string
}

// bytes is "table|row|column", with | and \ escaped so that no two are equal.
func (d AssociatedData) bytes() []byte {
	escape := strings.NewReplacer(`\`, `\\`, `|`, `\|`)
	return []byte(escape.Replace(d.Table) + "|" + escape.Replace(d.Row) + "|" + escape.Replace(d.Column))
}

// Seal encrypts (AES-256-GCM) with the associated data, under the primary key.
func (k *Keys) Seal(plain []byte, ad AssociatedData) ([]byte, error) {
	sealed, err := k.aead.Encrypt(plain, ad.bytes())
	if err != nil {
		return nil, fmt.Errorf("secret: seal: %w", err)
	}
	return sealed, nil
}

// Open decrypts what was sealed with the same associated data under any live key; otherwise ErrCannotOpen.
func (k *Keys) Open(sealed []byte, ad AssociatedData) ([]byte, error) {
	plain, err := k.aead.Decrypt(sealed, ad.bytes())
	if err != nil {
		return nil, ErrCannotOpen
	}
	return plain, nil
}

// Index is a blind index: it finds an encrypted value without revealing it.
type Index struct {
	KeyID int32
	Value []byte // HMAC-SHA256, 32 bytes
}

// Index is the index under the primary key: what is stored. The same value of two kinds has different
// indexes. The value must be in its normal form.
func (k *Keys) Index(kind, value string) Index {
	return k.index[len(k.index)-1].of(kind, value)
}

// Indexes is the index under every live key, the primary first: what is searched for.
func (k *Keys) Indexes(kind, value string) []Index {
	all := make([]Index, 0, len(k.index))
	for i := len(k.index) - 1; i >= 0; i-- {
		all = append(all, k.index[i].of(kind, value))
	}
	return all
}

func (i indexKey) of(kind, value string) Index {
	return Index{KeyID: i.id, Value: authenticate(i.key, kind, []byte(value))}
}

// MAC authenticates the parts, in their order, for the use that label names: HMAC-SHA256, 32 bytes.
func (k *Keys) MAC(label string, parts ...[]byte) []byte {
	return authenticate(k.mac, label, parts...)
}

// CheckMAC says, in constant time, whether mac is that of the parts.
func (k *Keys) CheckMAC(mac []byte, label string, parts ...[]byte) bool {
	return Equal(mac, k.MAC(label, parts...))
}

// authenticate is the HMAC of label and parts, each after its length, so that no two lists are equal.
func authenticate(key []byte, label string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range append([][]byte{[]byte(label)}, parts...) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write(part)
	}
	return h.Sum(nil)
}

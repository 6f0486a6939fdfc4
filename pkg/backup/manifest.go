package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
)

// format is the version of the directory's layout.
const format = 1

const manifestFile = "manifest.json"

// Manifest says what a backup holds. A directory without one is none.
type Manifest struct {
	Format       int       `json:"format"`
	Time         time.Time `json:"time"`
	Program      string    `json:"program"`
	Installation string    `json:"installation"`
	// InstallationID is the id of the database that was copied; a restored one gets its own.
	InstallationID string            `json:"installation_id"`
	Schemas        map[string]Schema `json:"schemas"`
	Keys           KeyFile           `json:"keys"`
}

// Schema is one service's.
type Schema struct {
	Versions  pg.Versions `json:"versions"`
	Tables    []Table     `json:"tables"`
	Sequences []Sequence  `json:"sequences"`
	// Partitions are those that exist at run time, not by a migration.
	Partitions []Partition `json:"partitions,omitempty"`
}

// File is what a file of the backup must be.
type File struct {
	Name   string `json:"file"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Table is a table's rows in COPY's text format, compressed.
type Table struct {
	Name    string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	File
}

// Sequence is where a sequence stands.
type Sequence struct {
	Name   string `json:"sequence"`
	Last   int64  `json:"last"`
	Called bool   `json:"called"`
}

// Partition is a part of a table and what belongs into it, as CREATE TABLE has it.
type Partition struct {
	Name   string `json:"partition"`
	Parent string `json:"parent"`
	Bound  string `json:"bound"`
}

// KeyFile holds the key sets.
type KeyFile struct {
	Services []string `json:"services"`
	// KEKInside says that the key-encryption keys lie beside the sets; otherwise PROPUSK_KEK opens them.
	KEKInside bool `json:"kek_inside"`
	// Encrypted says that the file is encrypted for recipients (age).
	Encrypted bool `json:"encrypted"`
	File
}

func (m *Manifest) write(dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, manifestFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

func readManifest(dir string) (*Manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return nil, fmt.Errorf("%s is not a backup: %w", dir, err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("the manifest of %s is damaged: %w", dir, err)
	}
	if m.Format != format {
		return nil, fmt.Errorf("%s has format %d and this program reads %d: use the program that made it", dir, m.Format, format)
	}
	return &m, nil
}

// Package domain is the chain: what a record's hash covers, and whether a record follows another.
package domain

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Record is one event as it is stored.
type Record struct {
	Position int64
	EventID  uuid.UUID
	Type     string
	Producer string
	// Aggregate is what the event is about.
	Aggregate string
	// Version numbered that thing's events when events still had numbers; 0 since. The hash covers it.
	Version int64
	// Actor is who did it: "account:<id>" or "service:<name>".
	Actor string
	// Time is the event's, to the microsecond that the database keeps.
	Time     time.Time
	Data     []byte
	PrevHash []byte
	Hash     []byte
}

// Head is the end of a chain: the last record's position and hash; zero position and hash for an empty one.
type Head struct {
	Position int64
	Hash     []byte
}

// Genesis is the head of an empty chain.
func Genesis() Head { return Head{Hash: make([]byte, sha256.Size)} }

// Append chains the record to the head.
func (h Head) Append(r Record) Record {
	r.Position, r.PrevHash = h.Position+1, h.Hash
	r.Time = r.Time.UTC().Truncate(time.Microsecond)
	r.Hash = r.sum()
	return r
}

// Fits says whether the record is the next one after the head, unchanged.
func (h Head) Fits(r Record) bool {
	return r.Position == h.Position+1 && bytes.Equal(r.PrevHash, h.Hash) && bytes.Equal(r.Hash, r.sum())
}

// Head is the end of a chain that ends with the record.
func (r Record) Head() Head { return Head{Position: r.Position, Hash: r.Hash} }

// sum is SHA-256 over the previous hash and every field, each preceded by its length, so that fields cannot be shifted
// into each other.
func (r Record) sum() []byte {
	h := sha256.New()
	for _, field := range [][]byte{
		r.PrevHash, number(r.Position), r.EventID[:], []byte(r.Type), []byte(r.Producer), []byte(r.Aggregate),
		number(r.Version), []byte(r.Actor), number(r.Time.UnixMicro()), r.Data,
	} {
		h.Write(number(int64(len(field))))
		h.Write(field)
	}
	return h.Sum(nil)
}

func number(n int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(n))
}

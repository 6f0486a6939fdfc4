package pg

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// registerUUID has ids travel to the database as their sixteen bytes. Otherwise pgx takes them for values of database/sql,
// and each is written and parsed as text.
func registerUUID(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapEncode}, m.TryWrapEncodePlanFuncs...)
}

// wireUUID is an id as pgx knows it.
type wireUUID uuid.UUID

// UUIDValue implements [pgtype.UUIDValuer].
func (v wireUUID) UUIDValue() (pgtype.UUID, error) { return pgtype.UUID{Bytes: v, Valid: true}, nil }

func wrapEncode(value any) (plan pgtype.WrappedEncodePlanNextSetter, next any, ok bool) {
	id, ok := value.(uuid.UUID)
	return &encodeUUID{}, wireUUID(id), ok
}

type encodeUUID struct{ next pgtype.EncodePlan }

// SetNext implements [pgtype.WrappedEncodePlanNextSetter].
func (p *encodeUUID) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode implements [pgtype.EncodePlan].
func (p *encodeUUID) Encode(value any, buf []byte) ([]byte, error) {
	id, _ := value.(uuid.UUID)
	return p.next.Encode(wireUUID(id), buf)
}

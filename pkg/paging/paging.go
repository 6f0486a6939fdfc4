package paging

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// How many entries a page has when nobody says, and at most.
const (
	DefaultSize = 50
	MaxSize     = 100
)

// Query is which page of a list a caller asks for.
type Query struct {
	// Size is how many entries at most; 0: [DefaultSize].
	Size int32
	// Token is what the page before named; empty: the first page.
	Token string
}

// Of is what a request of the contracts asks for.
func Of(r interface {
	GetPageSize() int32
	GetPageToken() string
},
) Query {
	return Query{Size: r.GetPageSize(), Token: r.GetPageToken()}
}

// Moment is a position in a list that is ordered by time, and by id where times are equal.
type Moment struct {
	Time time.Time `json:"t"`
	ID   uuid.UUID `json:"i"`
}

// Newest is before every entry of a list whose newest come first.
func Newest() Moment { return Moment{Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: uuid.Max} }

// List is a kind of list; P is a position in it, which is JSON in its tokens.
type List[P any] struct {
	Keys *secret.Keys
	// Name tells the service's lists apart.
	Name string
	// Start is the position before every entry.
	Start P
}

// Page is the part of an owner's list that was asked for.
type Page[P any] struct {
	// After is the position that the page begins after.
	After P
	size  int32
	list  List[P]
	owner string
}

// Page reads a query for an owner's list, or tells all that is wrong with it.
func (l List[P]) Page(owner string, q Query) (Page[P], error) {
	var wrong errs.Fields
	p := Page[P]{list: l, owner: owner}
	var err error
	p.size, err = sizeOf(q.Size)
	wrong.Check("page_size", err)
	p.After, err = l.open(owner, q.Token)
	wrong.Check("page_token", err)
	return p, wrong.Err()
}

// Limit is how many entries to read: one more than the page has, since that one tells that another page follows.
func (p Page[P]) Limit() int32 { return p.size + 1 }

// Cut leaves the page's entries of those read, and gives the token of the next page: empty when there is none.
func Cut[P, T any](p Page[P], entries []T, position func(T) P) ([]T, string, error) {
	if len(entries) <= int(p.size) {
		return entries, "", nil
	}
	entries = entries[:p.size]
	token, err := p.list.seal(p.owner, position(entries[p.size-1]))
	return entries, token, err
}

// Rest is the page of a list that was read whole, in the order of its positions: for lists that are short by their nature.
func Rest[P cmp.Ordered, T any](p Page[P], all []T, position func(T) P) ([]T, string, error) {
	for len(all) > 0 && position(all[0]) <= p.After {
		all = all[1:]
	}
	return Cut(p, all, position)
}

func sizeOf(requested int32) (int32, error) {
	switch {
	case requested < 0, requested > MaxSize:
		return 0, errs.Problem{Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE, Max: MaxSize}
	case requested == 0:
		return DefaultSize, nil
	}
	return requested, nil
}

func (l List[P]) place(owner string) secret.AssociatedData {
	return secret.AssociatedData{Table: l.Name, Row: owner, Column: "page token"}
}

func (l List[P]) seal(owner string, at P) (string, error) {
	plain, err := json.Marshal(at)
	if err != nil {
		return "", err
	}
	sealed, err := l.Keys.Seal(plain, l.place(owner))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (l List[P]) open(owner, token string) (P, error) {
	if token == "" {
		return l.Start, nil
	}
	var at P
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		sealed, err = l.Keys.Open(sealed, l.place(owner))
	}
	if err != nil || json.Unmarshal(sealed, &at) != nil {
		return l.Start, errs.Problem{Reason: errorsv1.Reason_PAGE_TOKEN_INVALID}
	}
	return at, nil
}

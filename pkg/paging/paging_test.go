package paging_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// letters is a list of 0 … n-1 as a store reads it.
type letters struct {
	paging.List[int]
	n int
}

func (l letters) read(t *testing.T, owner string, q paging.Query) ([]int, string) {
	t.Helper()
	p, err := l.Page(owner, q)
	if err != nil {
		t.Fatal(err)
	}
	var entries []int
	for i := p.After + 1; i < l.n && len(entries) < int(p.Limit()); i++ {
		entries = append(entries, i)
	}
	entries, next, err := paging.Cut(p, entries, func(i int) int { return i })
	if err != nil {
		t.Fatal(err)
	}
	return entries, next
}

func list(n int) letters {
	return letters{List: paging.List[int]{Keys: secret.NewKeys(), Name: "letters", Start: -1}, n: n}
}

func TestAListThatWasReadWholeIsShownPageByPage(t *testing.T) {
	l := paging.List[string]{Keys: secret.NewKeys(), Name: "words"}
	all := []string{"a", "b", "c", "d", "e"}
	var seen []string
	for q := (paging.Query{Size: 2}); ; {
		p, err := l.Page("anna", q)
		if err != nil {
			t.Fatal(err)
		}
		entries, next, err := paging.Rest(p, all, func(w string) string { return w })
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, entries...)
		if all = slices.DeleteFunc(slices.Clone(all), func(w string) bool { return w == "b" }); next == "" { // the last shown has gone meanwhile
			break
		}
		q.Token = next
	}
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(seen, want) {
		t.Errorf("%v were shown, want %v", seen, want)
	}
}

func TestEveryEntryIsOnOnePage(t *testing.T) {
	for n, pages := range map[int]int{0: 1, 1: 1, 3: 1, 4: 2, 6: 2, 7: 3} {
		l, q := list(n), paging.Query{Size: 3}
		var all []int
		for page := 1; ; page++ {
			entries, next := l.read(t, "anna", q)
			all = append(all, entries...)
			if q.Token = next; next == "" {
				if page != pages {
					t.Errorf("%d entries are on %d pages, want %d", n, page, pages)
				}
				break
			}
		}
		if len(all) != n || !slices.IsSorted(all) {
			t.Errorf("of %d entries %v came", n, all)
		}
	}
}

func TestSizes(t *testing.T) {
	l := list(1000)
	for size, want := range map[int32]int{0: paging.DefaultSize, 1: 1, paging.MaxSize: paging.MaxSize} {
		if entries, _ := l.read(t, "anna", paging.Query{Size: size}); len(entries) != want {
			t.Errorf("a page of %d has %d entries, want %d", size, len(entries), want)
		}
	}
	for _, size := range []int32{-1, paging.MaxSize + 1} {
		_, err := l.Page("anna", paging.Query{Size: size})
		wantField(t, err, errs.Field{Name: "page_size", Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE, Max: paging.MaxSize})
	}
}

// A token is for one list of one owner, and nobody can make one.
func TestTokensOfOthersAreRefused(t *testing.T) {
	l := list(10)
	_, token := l.read(t, "anna", paging.Query{Size: 3})
	changed := []byte(token)
	changed[len(token)/2] ^= 1 // '_' and '-' become no base64 at all
	other := l.List
	other.Name = "parcels"
	strange := list(10)
	for name, page := range map[string]func() error{
		"another owner":   func() error { _, err := l.Page("boris", paging.Query{Token: token}); return err },
		"another list":    func() error { _, err := other.Page("anna", paging.Query{Token: token}); return err },
		"another service": func() error { _, err := strange.Page("anna", paging.Query{Token: token}); return err },
		"made up":         func() error { _, err := l.Page("anna", paging.Query{Token: "MQ"}); return err },
		"no token":        func() error { _, err := l.Page("anna", paging.Query{Token: "?"}); return err },
		"changed":         func() error { _, err := l.Page("anna", paging.Query{Token: string(changed)}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			wantField(t, page(), errs.Field{Name: "page_token", Reason: errorsv1.Reason_PAGE_TOKEN_INVALID})
		})
	}
}

func TestMomentsKeepTheirMicroseconds(t *testing.T) {
	l := paging.List[paging.Moment]{Keys: secret.NewKeys(), Name: "feed", Start: paging.Newest()}
	p, err := l.Page("anna", paging.Query{Size: 1})
	if err != nil || p.After != paging.Newest() {
		t.Fatalf("begins at %v: %v", p.After, err)
	}
	at := paging.Moment{Time: time.Date(2026, 3, 1, 22, 30, 0, 123456000, time.UTC), ID: uuid.New()}
	_, token, err := paging.Cut(p, []int{1, 2}, func(int) paging.Moment { return at })
	if err != nil {
		t.Fatal(err)
	}
	next, err := l.Page("anna", paging.Query{Token: token})
	if err != nil || next.After.ID != at.ID || !next.After.Time.Equal(at.Time) {
		t.Errorf("goes on at %v, want %v: %v", next.After, at, err)
	}
	// The contracts bound tokens.
	if len(token) > 200 {
		t.Errorf("the token has %d characters", len(token))
	}
}

func wantField(t *testing.T, err error, want errs.Field) {
	t.Helper()
	if e, ok := errs.As(err); !ok || len(e.Fields) != 1 || e.Fields[0] != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

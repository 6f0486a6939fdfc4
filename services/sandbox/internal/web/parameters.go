package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/strictjson"
)

// answer answers one method of a path.
type answer func(http.ResponseWriter, *http.Request) error

// taking has a path take these query parameters, each once, and no others.
func taking(next answer, names ...string) answer {
	return func(w http.ResponseWriter, r *http.Request) error {
		var wrong errs.Fields
		values := r.URL.Query()
		for _, name := range slices.Sorted(maps.Keys(values)) {
			switch {
			case !slices.Contains(names, name):
				wrong = append(wrong, errs.Field{Pointer: strictjson.Pointer(name), Reason: errorsv1.Reason_FIELD_UNKNOWN})
			case len(values[name]) > 1:
				wrong.Add(name, errorsv1.Reason_FIELD_REPEATED)
			}
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		return next(w, r)
	}
}

// What lists take and answer besides their entries.
const (
	pageSize  = "pageSize"
	pageToken = "pageToken"
	nextPage  = "nextPageToken"
)

func pageOf(values url.Values) (paging.Query, error) {
	q := paging.Query{Token: values.Get(pageToken)}
	if !values.Has(pageSize) {
		return q, nil
	}
	size, err := strconv.ParseInt(values.Get(pageSize), 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return q, errs.Fields{{Name: "page_size", Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE, Max: paging.MaxSize}}.Err()
	case err != nil:
		return q, invalid(pageSize, errorsv1.Reason_FIELD_TYPE)
	}
	q.Size = int32(size)
	return q, nil
}

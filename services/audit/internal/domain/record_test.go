package domain

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func record() Record {
	return Record{
		EventID: uuid.MustParse("0190a000-0000-7000-8000-000000000001"), Type: "propusk.account.v1.signed_in",
		Producer: "account", Aggregate: "a", Version: 3, Actor: "account:a",
		Time: time.Date(2026, 1, 2, 3, 4, 5, 6007, time.UTC), Data: []byte{1, 2},
	}
}

func TestEveryFieldIsCovered(t *testing.T) {
	r := Genesis().Append(record())
	if !Genesis().Fits(r) {
		t.Fatal("an untouched record does not fit")
	}
	for name, change := range map[string]func(*Record){
		"position":  func(r *Record) { r.Position++ },
		"event":     func(r *Record) { r.EventID[0]++ },
		"type":      func(r *Record) { r.Type += "x" },
		"producer":  func(r *Record) { r.Producer = "otp" },
		"aggregate": func(r *Record) { r.Aggregate = "b" },
		"version":   func(r *Record) { r.Version++ },
		"actor":     func(r *Record) { r.Actor = "account:b" },
		"time":      func(r *Record) { r.Time = r.Time.Add(time.Microsecond) },
		"data":      func(r *Record) { r.Data = []byte{1, 3} },
		"previous":  func(r *Record) { r.PrevHash = make([]byte, 31) },
		"hash":      func(r *Record) { r.Hash = make([]byte, 32) },
		"borders":   func(r *Record) { r.Type, r.Producer = r.Type+"a", r.Producer[1:] },
	} {
		changed := r
		if change(&changed); Genesis().Fits(changed) {
			t.Errorf("a changed %s is not noticed", name)
		}
	}
}

func TestRecordFitsOnlyBehindItsOwn(t *testing.T) {
	first := Genesis().Append(record())
	second := first.Head().Append(record())
	if !first.Head().Fits(second) || Genesis().Fits(second) || second.Head().Fits(second) {
		t.Error("a record fits elsewhere than behind the one before it")
	}
}

func TestTimeIsWhatTheDatabaseKeeps(t *testing.T) {
	r := Genesis().Append(record())
	r.Time = r.Time.In(time.FixedZone("MSK", 3*3600))
	if r.Time.Nanosecond()%1000 != 0 || !Genesis().Fits(r) {
		t.Error("the hash depends on more than the instant to the microsecond")
	}
}

package errs

import (
	"net/http"
	"sync"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// statuses are those that the contract gives to the reasons.
var statuses = sync.OnceValue(func() map[Reason]int {
	out := map[Reason]int{}
	values := errorsv1.Reason(0).Descriptor().Values()
	for i := range values.Len() {
		status, _ := proto.GetExtension(values.Get(i).Options(), errorsv1.E_HttpStatus).(int32)
		out[Reason(values.Get(i).Number())] = int(status)
	}
	return out
})

// StatusOf is the HTTP status of a refusal for a reason; 0: it is only ever wrong with a field, or a broken rule of a
// password.
func StatusOf(r Reason) int { return statuses()[r] }

// KindOf is the kind of a refusal for a reason, which its status decides. What is only ever wrong with a field makes a request
// invalid; a refusal without a reason is a mistake of the service's own.
func KindOf(r Reason) Kind {
	switch status := StatusOf(r); {
	case r == errorsv1.Reason_REASON_UNSPECIFIED:
		return Internal
	case status != 0:
		return KindOfStatus(status)
	default:
		return Invalid
	}
}

// KindOfStatus is the kind of a refusal that was answered with an HTTP status.
func KindOfStatus(status int) Kind {
	for k := Internal; k <= Deadline; k++ {
		if k.HTTPStatus() == status {
			return k
		}
	}
	if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return Invalid
	}
	return Internal
}

// MayWait says whether waiting may help: answers of the status may carry Retry-After.
func MayWait(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

package rpc

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// Rules is a server's access table: full method name → who may call it. No entry means nobody, and a server
// with a method without an entry does not start.
type Rules map[string]Rule

// Level is a level of accounts: the contract's enum, whose higher numbers are more trusted.
type Level interface {
	Number() protoreflect.EnumNumber
	String() string
}

// Rule says who may call one method. Make it with [From].
type Rule struct {
	services []string
	// own are services that may call for the signed-in person alone.
	own     []string
	anybody bool
	self    bool
	level   Level
	recent  time.Duration
}

// From allows calls from these services, for any end user or none.
func From(services ...string) Rule { return Rule{services: services} }

// FromAnybody allows calls from every service: only what tests put in a service's place has such a rule.
func FromAnybody() Rule { return Rule{anybody: true} }

// Self also requires that a person is signed in and that the account is their own: the field of the request that the contract
// marks as filled with the caller's (propusk.options.v1.filled_with).
func (r Rule) Self() Rule {
	r.self = true
	return r
}

// OrOwnFrom also allows calls from these services, each for the signed-in person's own account only: see [Rule.Self].
func (r Rule) OrOwnFrom(services ...string) Rule {
	r.own = services
	return r
}

// Level also requires that the person's account has at least this level.
func (r Rule) Level(l Level) Rule {
	r.level = l
	return r
}

// Recent also requires that the person proved everything that the account has to be proven with at most d ago.
func (r Rule) Recent(d time.Duration) Rule {
	r.recent = d
	return r
}

// Check says whether every method of the server has a rule, and every rule a method.
func (r Rules) Check(s *grpc.Server) error {
	methods := map[string]bool{}
	for service, info := range s.GetServiceInfo() {
		if strings.HasPrefix(service, "grpc.") {
			continue
		}
		for _, m := range info.Methods {
			methods["/"+service+"/"+m.Name] = true
		}
	}
	for m := range methods {
		if _, ok := r[m]; !ok {
			return fmt.Errorf("method %s has no access rule", m)
		}
	}
	for m, rule := range r {
		if !rule.self && (rule.level != nil || rule.recent != 0) {
			return fmt.Errorf("access rule for %s asks for a level or a recent sign-in of nobody: add Self", m)
		}
		if !methods[m] {
			return fmt.Errorf("access rule for %s, which the server does not have", m)
		}
	}
	return nil
}

// allow refuses a call that the method's rule does not allow.
func (r Rules) allow(ctx context.Context, method string, req any, now time.Time) error {
	rule, ok := r[method]
	own := ok && slices.Contains(rule.own, CallerOf(ctx))
	if !ok || !own && !rule.anybody && !slices.Contains(rule.services, CallerOf(ctx)) {
		return errs.New(errorsv1.Reason_PERMISSION_DENIED,
			fmt.Sprintf("service %q may not call %s", CallerOf(ctx), method))
	}
	if !rule.self && !own {
		return nil
	}
	return rule.allowUser(ctx, req, now)
}

func (r Rule) allowUser(ctx context.Context, req any, now time.Time) error {
	user, ok := UserOf(ctx)
	if !ok {
		return errs.New(errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in")
	}
	if accountOf(req) != user.AccountID {
		return errs.New(errorsv1.Reason_PERMISSION_DENIED, "the account is somebody else's")
	}
	if r.level != nil && user.Level < r.level.Number() {
		return errs.New(errorsv1.Reason_LEVEL_TOO_LOW, "the account's level is too low").
			With("level", r.level)
	}
	if r.recent > 0 {
		return user.CheckRecent(r.recent, now)
	}
	return nil
}

// accountOf is the account that the request says is the caller's, empty when its contract has no such field.
func accountOf(req any) string {
	m, ok := req.(proto.Message)
	if !ok {
		return ""
	}
	f := FilledWith(m.ProtoReflect().Descriptor(), optionsv1.Caller_ACCOUNT_ID)
	if f == nil {
		return ""
	}
	return m.ProtoReflect().Get(f).String()
}

// FilledWith is the field of a request that the edge fills with this knowledge of the caller, nil when there is none.
func FilledWith(d protoreflect.MessageDescriptor, what optionsv1.Caller) protoreflect.FieldDescriptor {
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		if proto.GetExtension(f.Options(), optionsv1.E_FilledWith) == what {
			return f
		}
	}
	return nil
}

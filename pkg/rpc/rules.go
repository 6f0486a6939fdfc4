package rpc

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Rules is a server's access table: full method name → who may call it. No entry means nobody, and a server
// with a method without an entry does not start.
type Rules map[string]Rule

// Rule says who may call one method. Make it with [From].
type Rule struct {
	services []string
	self     bool
	level    accountv1.Level
	recent   time.Duration
}

// From allows calls from these services, for any end user or none.
func From(services ...string) Rule { return Rule{services: services} }

// Self also asks that a person is signed in and that the request's account_id is his.
func (r Rule) Self() Rule {
	r.self = true
	return r
}

// Level also asks that the person's account has at least this level.
func (r Rule) Level(l accountv1.Level) Rule {
	r.level = l
	return r
}

// Recent also asks that the person proved to be the holder at most d ago.
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
		if !rule.self && (rule.level != 0 || rule.recent != 0) {
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
	if !ok || !slices.Contains(rule.services, CallerOf(ctx)) {
		return errs.New(errs.Denied, errorsv1.Reason_PERMISSION_DENIED,
			fmt.Sprintf("service %q may not call %s", CallerOf(ctx), method))
	}
	if !rule.self {
		return nil
	}
	return rule.allowUser(ctx, req, now)
}

func (r Rule) allowUser(ctx context.Context, req any, now time.Time) error {
	user, ok := UserOf(ctx)
	if !ok {
		return errs.New(errs.Unauthenticated, errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in")
	}
	if of, ok := req.(interface{ GetAccountId() string }); !ok || of.GetAccountId() != user.AccountID {
		return errs.New(errs.Denied, errorsv1.Reason_PERMISSION_DENIED, "the account is somebody else's")
	}
	if user.Level < r.level {
		return errs.New(errs.Denied, errorsv1.Reason_LEVEL_TOO_LOW, "the account's level is too low").
			With("level", r.level)
	}
	if r.recent > 0 && now.Sub(user.AuthTime) > r.recent {
		return errs.New(errs.Denied, errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the sign-in is too long ago")
	}
	return nil
}

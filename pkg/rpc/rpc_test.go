package rpc_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const deleteSession = accountv1.AccountService_DeleteSession_FullMethodName

// accounts answers or refuses as a test wants, and keeps what it learned of the call.
type accounts struct {
	accountv1.UnimplementedAccountServiceServer
	answer func(ctx context.Context) error
	caller string
	seen   rpc.Request
	user   rpc.User
}

func (a *accounts) DeleteSession(ctx context.Context, _ *accountv1.DeleteSessionRequest) (*emptypb.Empty, error) {
	a.caller, a.seen = rpc.CallerOf(ctx), rpc.RequestOf(ctx)
	a.user, _ = rpc.UserOf(ctx)
	if a.answer != nil {
		return nil, a.answer(ctx)
	}
	return &emptypb.Empty{}, nil
}

// lockedLog may be written while it is read.
type lockedLog struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

type bench struct {
	impl   *accounts
	minter *rpc.Minter
	log    *lockedLog
	lis    *bufconn.Listener
	now    time.Time
}

// start serves accounts with one rule; every other method may be called by nobody.
func start(t *testing.T, rule rpc.Rule) *bench {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{impl: &accounts{}, log: &lockedLog{}, lis: bufconn.Listen(1 << 20), now: time.Now().Truncate(time.Second)}
	now := func() time.Time { return b.now }
	b.minter = rpc.NewMinter(key, now)
	server, err := rpc.NewServer(rpc.ServerOptions{
		Credentials: rpc.PipeCredentials("account"), Rules: rpc.Rules{deleteSession: rule},
		Verifier: rpc.NewVerifier(pub, now), Log: slog.New(slog.NewTextHandler(b.log, nil)), Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	accountv1.RegisterAccountServiceServer(server, b.impl)
	go func() { _ = server.Serve(b.lis) }()
	t.Cleanup(server.Stop)
	return b
}

func (b *bench) client(t *testing.T, as string) accountv1.AccountServiceClient {
	t.Helper()
	cc, err := rpc.NewClient("passthrough:///account", rpc.PipeCredentials(as), grpc.WithContextDialer(
		func(ctx context.Context, _ string) (net.Conn, error) { return b.lis.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cc.Close() })
	return accountv1.NewAccountServiceClient(cc)
}

func (b *bench) as(t *testing.T, u rpc.User) context.Context {
	t.Helper()
	token, err := b.minter.Mint(u)
	if err != nil {
		t.Fatal(err)
	}
	return rpc.WithUser(context.Background(), u, token)
}

func reason(err error) errorsv1.Reason {
	e, ok := errs.As(err)
	if !ok {
		return errorsv1.Reason_REASON_UNSPECIFIED
	}
	return e.Reason
}

func TestOnlyNamedServicesMayCall(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	req := &accountv1.DeleteSessionRequest{AccountId: "a"}
	if _, err := b.client(t, "gateway").DeleteSession(context.Background(), req); err != nil || b.impl.caller != "gateway" {
		t.Errorf("the gateway, seen as %q: %v", b.impl.caller, err)
	}
	for _, other := range []string{"sandbox", "", "gateway2"} {
		if _, err := b.client(t, other).DeleteSession(context.Background(), req); reason(err) != errorsv1.Reason_PERMISSION_DENIED {
			t.Errorf("%q: %v", other, err)
		}
	}
	_, err := b.client(t, "gateway").GetContacts(context.Background(), &accountv1.GetContactsRequest{})
	if reason(err) != errorsv1.Reason_PERMISSION_DENIED {
		t.Errorf("a method without a rule: %v", err)
	}
}

func TestSelfLevelAndRecent(t *testing.T) {
	b := start(t, rpc.From("gateway").Self().Level(accountv1.Level_STANDARD).Recent(20*time.Minute))
	good := rpc.User{
		AccountID: "a", SessionID: "s", Level: accountv1.Level_STANDARD.Number(), AuthTime: b.now, ProofTime: b.now, AMR: []string{"pwd"},
	}
	for name, c := range map[string]struct {
		change func(*rpc.User)
		of     string
		want   errorsv1.Reason
	}{
		"the person":   {func(*rpc.User) {}, "a", errorsv1.Reason_REASON_UNSPECIFIED},
		"another's":    {func(*rpc.User) {}, "b", errorsv1.Reason_PERMISSION_DENIED},
		"too low":      {func(u *rpc.User) { u.Level = accountv1.Level_SIMPLIFIED.Number() }, "a", errorsv1.Reason_LEVEL_TOO_LOW},
		"too long ago": {func(u *rpc.User) { u.ProofTime = b.now.Add(-21 * time.Minute) }, "a", errorsv1.Reason_REAUTHENTICATION_REQUIRED},
		"signed in before, and proven again": {
			func(u *rpc.User) { u.AuthTime = b.now.Add(-21 * time.Minute) }, "a", errorsv1.Reason_REASON_UNSPECIFIED,
		},
		"on a remembered device": {func(u *rpc.User) { u.ProofTime = time.Time{} }, "a", errorsv1.Reason_REAUTHENTICATION_REQUIRED},
	} {
		t.Run(name, func(t *testing.T) {
			u := good
			u.SessionID = name
			c.change(&u)
			_, err := b.client(t, "gateway").DeleteSession(b.as(t, u), &accountv1.DeleteSessionRequest{AccountId: c.of})
			if reason(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	_, err := b.client(t, "gateway").DeleteSession(context.Background(), &accountv1.DeleteSessionRequest{AccountId: "a"})
	if reason(err) != errorsv1.Reason_UNAUTHENTICATED {
		t.Errorf("nobody: %v", err)
	}
}

func TestSomeServicesMayCallForThePersonAlone(t *testing.T) {
	b := start(t, rpc.From("oidc").OrOwnFrom("web"))
	me := b.as(t, rpc.User{AccountID: "a", SessionID: "s", Level: accountv1.Level_SIMPLIFIED.Number(), AuthTime: b.now, AMR: []string{"pwd"}})
	for name, c := range map[string]struct {
		ctx    context.Context
		caller string
		of     string
		want   errorsv1.Reason
	}{
		"for anybody":             {context.Background(), "oidc", "b", errorsv1.Reason_REASON_UNSPECIFIED},
		"for the person":          {me, "web", "a", errorsv1.Reason_REASON_UNSPECIFIED},
		"for another":             {me, "web", "b", errorsv1.Reason_PERMISSION_DENIED},
		"for nobody":              {context.Background(), "web", "a", errorsv1.Reason_UNAUTHENTICATED},
		"from some other service": {me, "gateway", "a", errorsv1.Reason_PERMISSION_DENIED},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.client(t, c.caller).DeleteSession(c.ctx, &accountv1.DeleteSessionRequest{AccountId: c.of})
			if reason(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestForgedAndExpiredTokensAreRefused(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	u := rpc.User{AccountID: "a", SessionID: "s", AuthTime: b.now}
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := rpc.NewMinter(other, time.Now).Mint(u)
	if err != nil {
		t.Fatal(err)
	}
	old := b.as(t, u)
	b.now = b.now.Add(2 * time.Minute)
	for name, ctx := range map[string]context.Context{
		"forged": rpc.WithUser(context.Background(), u, forged), "expired": old,
		"nonsense": rpc.WithUser(context.Background(), u, "x.y.z"),
	} {
		_, err := b.client(t, "gateway").DeleteSession(ctx, &accountv1.DeleteSessionRequest{AccountId: "a"})
		if reason(err) != errorsv1.Reason_UNAUTHENTICATED {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMinterReusesATokenFor30Seconds(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	u := rpc.User{AccountID: "a", SessionID: "s", AuthTime: b.now}
	mint := func() string {
		token, err := b.minter.Mint(u)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	first := mint()
	b.now = b.now.Add(29 * time.Second)
	if mint() != first {
		t.Error("another token within 30 s")
	}
	u.Level = accountv1.Level_STANDARD.Number()
	if mint() == first {
		t.Error("the old level's token after it rose")
	}
	u.Level = accountv1.Level_LEVEL_UNSPECIFIED.Number()
	unproven := mint()
	if u.ProofTime = b.now; mint() == unproven {
		t.Error("the old proof's token after another")
	}
	b.now = b.now.Add(31 * time.Second)
	if mint() == first {
		t.Error("the same token after 30 s")
	}
}

func TestRefusalsArriveWhole(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	sent := errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(3).With("level", "STANDARD").After(90 * time.Second)
	sent.Fields = []errs.Field{
		{Name: "person.snils", Reason: errorsv1.Reason_FIELD_CHECKSUM},
		{Name: "address.house", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 50},
		{Name: "code", Reason: errorsv1.Reason_FIELD_MALFORMED, Pattern: "^[0-9]{6}$"},
	}
	b.impl.answer = func(context.Context) error { return sent }
	_, err := b.client(t, "gateway").DeleteSession(context.Background(), &accountv1.DeleteSessionRequest{})
	got, ok := errs.As(err)
	if !ok || got.Kind != sent.Kind || got.Reason != sent.Reason || got.Message != sent.Message ||
		got.RetryAfter != sent.RetryAfter || got.AttemptsLeft == nil || *got.AttemptsLeft != 3 || got.Params["level"] != "STANDARD" || len(got.Params) != 1 || !slices.Equal(got.Fields, sent.Fields) {
		t.Errorf("sent %+v, got %+v", sent, got)
	}
}

func TestUnknownErrorsSayNothing(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	for name, answer := range map[string]func(context.Context) error{
		"error": func(context.Context) error { return errors.New("secret table missing") },
		"wrapped": func(context.Context) error {
			return errs.Wrap(errors.New("secret"), errorsv1.Reason_INTERNAL, "internal error")
		},
		"panic": func(context.Context) error { panic("secret panic") },
	} {
		b.impl.answer = answer
		_, err := b.client(t, "gateway").DeleteSession(context.Background(), &accountv1.DeleteSessionRequest{})
		if reason(err) != errorsv1.Reason_INTERNAL || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the caller got %v", name, err)
		}
	}
	if strings.Count(b.log.String(), "secret") < 3 {
		t.Errorf("the causes are not in the log: %s", b.log.String())
	}
}

func TestRequestMetadataTravels(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	r := rpc.Request{ID: "r1", IdempotencyKey: "key-12345", Language: "en", ClientIP: "192.0.2.7", UserAgent: "Firefox/140.0"}
	u := rpc.User{AccountID: "a", SessionID: "s", AuthTime: b.now, AMR: []string{"pwd"}}
	if _, err := b.client(t, "gateway").DeleteSession(rpc.WithRequest(b.as(t, u), r), &accountv1.DeleteSessionRequest{}); err != nil {
		t.Fatal(err)
	}
	if b.impl.seen != r || b.impl.user.AccountID != "a" || !b.impl.user.AuthTime.Equal(b.now) {
		t.Errorf("arrived %+v for %+v", b.impl.seen, b.impl.user)
	}
}

func TestBoundsOfTheContractHold(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	_, err := b.client(t, "gateway").DeleteSession(context.Background(), &accountv1.DeleteSessionRequest{AccountId: strings.Repeat("x", 65)})
	e, ok := errs.As(err)
	want := errs.Fields{{Name: "account_id", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 64}}
	if !ok || !slices.Equal(e.Fields, want) {
		t.Errorf("got %v", err)
	}
}

func TestNoCallInsideATransaction(t *testing.T) {
	b := start(t, rpc.From("gateway"))
	_, err := b.client(t, "gateway").DeleteSession(rpc.ForbidCalls(context.Background()), &accountv1.DeleteSessionRequest{})
	if !errors.Is(err, rpc.ErrInTransaction) {
		t.Errorf("got %v", err)
	}
}

func TestAServiceThatIsAway(t *testing.T) {
	cc, err := rpc.NewClient("passthrough:///nobody", rpc.PipeCredentials("gateway"), grpc.WithContextDialer(
		func(context.Context, string) (net.Conn, error) { return nil, errors.New("refused") }))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cc.Close() }()
	_, err = accountv1.NewAccountServiceClient(cc).DeleteSession(context.Background(), &accountv1.DeleteSessionRequest{})
	if e, ok := errs.As(err); !ok || e.Kind != errs.Unavailable || e.RetryAfter == 0 {
		t.Errorf("got %v", err)
	}
}

func TestEveryMethodNeedsARule(t *testing.T) {
	server := grpc.NewServer()
	accountv1.RegisterAccountServiceServer(server, &accounts{})
	all := rpc.Rules{}
	for _, m := range accountv1.AccountService_ServiceDesc.Methods {
		all["/"+accountv1.AccountService_ServiceDesc.ServiceName+"/"+m.MethodName] = rpc.From("gateway")
	}
	if err := all.Check(server); err != nil {
		t.Errorf("complete rules: %v", err)
	}
	delete(all, deleteSession)
	if err := all.Check(server); err == nil || !strings.Contains(err.Error(), deleteSession) {
		t.Errorf("a missing rule: %v", err)
	}
	all[deleteSession] = rpc.From("gateway").Level(accountv1.Level_STANDARD)
	if err := all.Check(server); err == nil {
		t.Error("a level of nobody")
	}
	all[deleteSession], all["/nothing/Nothing"] = rpc.From("gateway"), rpc.From("gateway")
	if err := all.Check(server); err == nil {
		t.Error("a rule for nothing")
	}
}

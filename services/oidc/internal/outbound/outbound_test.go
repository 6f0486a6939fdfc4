package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
)

func TestWhatIsNotPublicIsNotReached(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2a02:6b8::1": true,
		"127.0.0.1": false, "127.255.0.1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "198.18.0.1": false, "192.0.2.1": false,
		"::1": false, "::": false, "fe80::1": false, "fd00::1": false, "ff02::1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %t", address, got)
		}
	}
	c, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.control("tcp", "[::ffff:127.0.0.1]:443", nil); !errors.Is(err, ErrForbidden) {
		t.Errorf("a wrapped address: %v", err)
	}
}

func TestRequestsGoWhereTheyMay(t *testing.T) {
	var seen url.Values
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
			return
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		seen = r.PostForm
	}))
	defer site.Close()
	closed, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	open, err := New([]string{"127.0.0.0/8", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"a": {"b"}}
	for _, address := range []string{site.URL, "https://127.0.0.1:1/", "https://localhost:1/", "https://[::1]:1/", "https://2130706433:1/"} {
		if _, err := closed.PostForm(t.Context(), address, form); err == nil {
			t.Errorf("%s was reached", address)
		}
	}
	if status, err := open.PostForm(t.Context(), site.URL, form); err != nil || status != http.StatusOK || seen.Get("a") != "b" {
		t.Errorf("%d, %v, %v", status, err, seen)
	}
	seen = nil
	if status, err := open.PostForm(t.Context(), site.URL+"/elsewhere", form); err != nil || status != http.StatusTemporaryRedirect || seen != nil {
		t.Errorf("a redirect was followed: %d, %v, %v", status, err, seen)
	}
	for _, address := range []string{"ftp://127.0.0.1/", "file:///etc/passwd", "http://8.8.8.8/", "http://a@127.0.0.1/", "http:///", "x"} {
		if _, err := open.PostForm(t.Context(), address, form); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := New([]string{"everything"}); err == nil {
		t.Error("everything is a network")
	}
}

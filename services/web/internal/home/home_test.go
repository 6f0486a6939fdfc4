package home

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample {
		return []pagetest.Sample{
			{Name: "home", View: Home{Page: site.Blank(lang, "/"), Services: catalogue()}},
			{Name: "home-signed-in", View: Home{Page: site.SignedIn(lang, "/"), Services: catalogue()}},
			{Name: "services", View: Services{Page: site.Blank(lang, "/services"), Services: catalogue()}},
			{Name: "services-signed-in", View: Services{Page: site.SignedIn(lang, "/services"), Services: catalogue()}},
		}
	})
}

func TestServicesAreAsTheirSchemaSays(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("services.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("services.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list any
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(list); err != nil {
		t.Error(err)
	}
	ids := map[string]bool{}
	for _, s := range catalogue() {
		if ids[s.ID] {
			t.Errorf("%s is there twice", s.ID)
		}
		ids[s.ID] = true
	}
	for _, bad := range []string{"- {id: x, level: ROYAL}", "[]", `- {id: fines, level: STANDARD, name: {ru: "Штрафы"}, about: {ru: "Штрафы", en: "Fines"}}`} {
		var list any
		if err := yaml.Unmarshal([]byte(bad), &list); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(list) == nil {
			t.Errorf("the schema allows %s", bad)
		}
	}
}

// Every service is told about under the level that it needs, in the page's language.
func TestServicesStandUnderTheirLevels(t *testing.T) {
	site := pagetest.New(t, texts)
	page := pagetest.Render(t, Services{Page: site.Blank("en", "/services"), Services: catalogue()})
	at := 0
	for _, level := range components.Levels() {
		opened := of(catalogue(), level)
		if len(opened) < 3 {
			t.Errorf("%s opens %d services", level, len(opened))
		}
		for _, s := range opened {
			found := strings.Index(page, "<dt>"+strings.ReplaceAll(s.Name.English, "'", "&#39;")+"</dt>")
			if found < at {
				t.Errorf("%s is not where it belongs", s.ID)
			}
			at = found
		}
	}
}

func TestSearchEnginesReadWhatIsForEverybody(t *testing.T) {
	for sandbox, want := range map[bool]string{
		false: "User-agent: *\nAllow: /$\nAllow: /services$\nAllow: /help$\nAllow: /help/\nAllow: /static/\nDisallow: /\n",
		true:  "User-agent: *\nDisallow: /\n",
	} {
		w := httptest.NewRecorder()
		robots(sandbox).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/robots.txt", nil))
		if w.Body.String() != want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("sandbox %t: %q", sandbox, w.Body)
		}
	}
	site := pagetest.New(t, texts)
	page := site.Blank("ru", "/")
	const noindex = `content="noindex"`
	if !strings.Contains(pagetest.Render(t, Home{Page: page}), noindex) {
		t.Error("a page that is not public may be listed")
	}
	if page.Public = true; strings.Contains(pagetest.Render(t, Home{Page: page}), noindex) {
		t.Error("a public page may not be listed")
	}
}

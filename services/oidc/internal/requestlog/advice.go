package requestlog

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Advice says why a request was refused and what helps, in each language.
type Advice struct {
	// Code is stable: developers may look for it, and entries keep it.
	Code string `json:"code"`
	// Error is the protocol's code that it explains, and Said what the description of such a refusal contains: empty for the
	// advice that is given when none fits better. Problem is our own reason, where no protocol's error is sent.
	Error   string `json:"error,omitempty"`
	Said    string `json:"said,omitempty"`
	Problem string `json:"problem,omitempty"`
	// Texts by language. In them {redirect_uris} and the like stand for settings of the client.
	Reason   map[string]string `json:"reason"`
	Expected map[string]string `json:"expected"`
	Fix      map[string]string `json:"fix"`
}

//go:embed advice.json
var adviceJSON []byte

// advices are all, by code.
var advices = sync.OnceValue(func() map[string]Advice {
	var list []Advice
	if err := json.Unmarshal(adviceJSON, &list); err != nil {
		panic(fmt.Sprintf("advice.json: %v", err)) // it is a part of the program, which a test reads
	}
	out := make(map[string]Advice, len(list))
	for _, a := range list {
		out[a.Code] = a
	}
	return out
})

// Advices are all, in the order of their codes.
func Advices() []Advice {
	return slices.SortedFunc(maps.Values(advices()), func(a, b Advice) int { return strings.Compare(a.Code, b.Code) })
}

// codeOther is the advice for a refusal that has none of its own.
const codeOther = "other"

// AdviceFor is the advice of a code; settings are the client's, by the names that texts use.
func AdviceFor(code string, settings map[string]string) Advice {
	a, ok := advices()[code]
	if !ok {
		a = advices()[codeOther]
		a.Code = code
	}
	fill := filler(settings)
	a.Reason, a.Expected, a.Fix = filled(a.Reason, fill), filled(a.Expected, fill), filled(a.Fix, fill)
	return a
}

func filler(settings map[string]string) *strings.Replacer {
	var pairs []string
	for name, value := range settings {
		if value == "" {
			value = "—"
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...)
}

func filled(texts map[string]string, fill *strings.Replacer) map[string]string {
	out := make(map[string]string, len(texts))
	for lang, text := range texts {
		out[lang] = fill.Replace(text)
	}
	return out
}

// refusal is the protocol's code and the advice's of what was noted; both empty: the request was not refused.
func (n *note) refusal(status int) (code, reason string) {
	switch {
	case n.because != "" && (n.code != "" || n.problem != ""):
		return n.code, n.because
	case n.code != "":
		return n.code, CodeOf(n.code, n.description)
	case n.problem != "":
		return n.code, codeOfProblem(n.problem)
	case status >= http.StatusBadRequest:
		return "", codeOther
	}
	return "", ""
}

// CodeOf is the code of the advice that explains an error of the protocol best: of those that fit its description, the one
// that says most of it.
func CodeOf(code, description string) string {
	best := Advice{Code: codeOther}
	for _, a := range advices() {
		if a.Error == code && strings.Contains(description, a.Said) && (best.Error == "" || len(a.Said) > len(best.Said)) {
			best = a
		}
	}
	return best.Code
}

func codeOfProblem(reason string) string {
	for _, a := range advices() {
		if a.Problem == reason {
			return a.Code
		}
	}
	return codeOther
}

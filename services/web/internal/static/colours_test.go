package static_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// Text has 4.5:1 on whatever it stands on, the edges of what can be operated 3:1, in the light and in the dark.
func TestColoursContrast(t *testing.T) {
	css, err := os.ReadFile("propusk.css")
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`:root \{([^}]*)\}`).FindAllStringSubmatch(string(css), 2)
	if len(roots) != 2 {
		t.Fatalf("%d sets of colours", len(roots))
	}
	grounds := []string{"page", "surface", "accent-tint", "bad-tint", "good-tint", "warn-tint"}
	for i, scheme := range []string{"light", "dark"} {
		colours := map[string]string{}
		for _, root := range roots[:i+1] { // the dark overlays the light
			for _, found := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(root[1], -1) {
				colours[found[1]] = found[2]
			}
		}
		for text, on := range map[string][]string{
			"ink": append(grounds, "line"), "ink-soft": grounds, "accent": grounds, "accent-strong": grounds,
			"bad": {"page", "surface", "bad-tint"}, "good": {"page", "surface", "good-tint"}, "warn": {"page", "surface", "warn-tint"},
			"on-accent": {"accent", "accent-strong"}, "on-ribbon": {"ribbon"}, "surface": {"good"},
		} {
			for _, ground := range on {
				if got := contrast(t, colours[text], colours[ground]); got < 4.5 {
					t.Errorf("%s: %s on %s is %.2f:1", scheme, text, ground, got)
				}
			}
		}
		for _, ground := range []string{"page", "surface"} {
			if got := contrast(t, colours["edge"], colours[ground]); got < 3 {
				t.Errorf("%s: an edge on %s is %.2f:1", scheme, ground, got)
			}
		}
	}
}

// contrast is WCAG's ratio of two colours.
func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	a, b := luminance(t, one), luminance(t, other)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != len("#rrggbb") {
		t.Fatalf("no colour: %q", colour)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(n) / 255
		if part <= 0.04045 {
			part /= 12.92
		} else {
			part = math.Pow((part+0.055)/1.055, 2.4)
		}
		sum += weight * part
	}
	return sum
}

package events

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

// TestAlertsAreAboutMetricsThatExist reads the rules that operators load into Prometheus.
func TestAlertsAreAboutMetricsThatExist(t *testing.T) {
	content, err := os.ReadFile("../../deploy/prometheus/rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(content, &rules); err != nil {
		t.Fatal(err)
	}
	known, watched := metricNames(), map[string]bool{}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			if r.Alert == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" {
				t.Errorf("rule %+v says too little", r)
			}
			names := regexp.MustCompile(`propusk_[a-z_]+`).FindAllString(r.Expr, -1)
			if len(names) == 0 {
				t.Errorf("%s is about no metric of ours", r.Alert)
			}
			for _, name := range names {
				name = strings.TrimSuffix(name, "_bucket")
				watched[name] = true
				if !known[name] {
					t.Errorf("%s is about %s, which does not exist", r.Alert, name)
				}
			}
		}
	}
	delete(known, "propusk_stream_bytes") // the ratio is watched
	for name := range known {
		if !watched[name] {
			t.Errorf("no alert is about %s", name)
		}
	}
}

func metricNames() map[string]bool {
	p, c := newPublisherMetrics(), newConsumerMetrics()
	descriptions := make(chan *prometheus.Desc, 16)
	for _, m := range []prometheus.Collector{p.oldest, p.failing, p.fill, p.bytes, c.delay, c.lag, c.deadLetters} {
		m.Describe(descriptions)
	}
	close(descriptions)
	names := map[string]bool{}
	for d := range descriptions {
		names[regexp.MustCompile(`fqName: "([a-z_]+)"`).FindStringSubmatch(d.String())[1]] = true
	}
	return names
}

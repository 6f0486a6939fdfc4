package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// readMetrics hands what the management port shows to a reader.
func (w *world) readMetrics(ctx context.Context, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.management+"/metrics", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("/metrics: %s", resp.Status)
	}
	return read(resp.Body)
}

// metric is the sum of a metric over all its labels.
func (w *world) metric(ctx context.Context, name string) (sum float64, err error) {
	return sum, w.readMetrics(ctx, func(r io.Reader) (err error) {
		sum, err = sumOf(r, name)
		return err
	})
}

func sumOf(r io.Reader, name string) (sum float64, err error) {
	lines, found := bufio.NewScanner(r), false
	for lines.Scan() {
		labels, ours := strings.CutPrefix(lines.Text(), name)
		if !ours || labels == "" || labels[0] != '{' && labels[0] != ' ' {
			continue
		}
		value, err := strconv.ParseFloat(labels[strings.LastIndexByte(labels, ' ')+1:], 64)
		if err != nil {
			return 0, err
		}
		sum, found = sum+value, true
	}
	if !found {
		return 0, fmt.Errorf("there is no metric %s", name)
	}
	return sum, lines.Err()
}

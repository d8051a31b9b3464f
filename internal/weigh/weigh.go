// Package weigh has fuzz targets hold a parser of what strangers write to memory in
// proportion to what it reads. Clocks don't: a test on a busy machine would fail.
//
// It must not know what is parsed.
package weigh

import (
	"runtime"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/suite"
)

const (
	// small is what any parser may take, in bytes: compiled expressions, tables and what
	// the runtime does beside.
	small = 256 << 10
	// tries: other goroutines allocate, too, so the least of some counts.
	tries = 3
)

// Linear runs a parser, which may allocate perByte bytes for each of the n bytes that
// it reads, all in all. The race detector allocates by itself, so nothing is weighed
// under it.
func Linear(t testing.TB, n, perByte int, parse func()) {
	t.Helper()
	most := uint64(n)*uint64(perByte) + small
	var took uint64
	for range tries {
		if took = Bytes(parse); took <= most {
			return
		}
	}
	if !suite.Raced {
		t.Errorf("%d bytes took %d bytes of memory, more than %d", n, took, most)
	}
}

// Bytes are those that a function allocates.
func Bytes(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Worst parses all texts, and reports what the worst of them took: the time in ms, and
// the memory in MB.
func Worst(b *testing.B, texts []string, parse func(text string)) {
	b.Helper()
	slowest := make([]time.Duration, len(texts)) // the best time of each
	var most uint64
	for round := 0; b.Loop(); round++ {
		for i, text := range texts {
			start := time.Now()
			most = max(most, Bytes(func() { parse(text) }))
			if took := time.Since(start); round == 0 || took < slowest[i] {
				slowest[i] = took
			}
		}
	}
	worst := 0
	for i, took := range slowest {
		if took > slowest[worst] {
			worst = i
		}
	}
	b.Logf("the slowest: %.40q", texts[worst])
	b.ReportMetric(float64(slowest[worst].Microseconds())/1000, "ms-worst")
	b.ReportMetric(float64(most)/(1<<20), "MB-worst")
}

package shadow

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(suite.Tests{M: m}.Run()) }

// trial is one pull request, opened at noon, and the records about it.
type trial struct {
	*testing.T
	request pull.Request
	rules   []pull.Rule
	records map[string]Record // by thing and time
	again   time.Time
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func newTrial(t *testing.T) *trial {
	rules := []pull.Rule{{Name: "stage", Shadow: &pull.Shadow{Bots: []string{"old-bot"}}}, {Name: "on"}}
	return &trial{T: t, rules: rules, records: map[string]Record{}, request: pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 7}, CreatedAt: noon, State: pull.Open, Facts: ^pull.Facts(0), Head: "0123456789",
		Statuses: map[string]pull.Status{},
	}}
}

// look is a run at a minute, which finds what the rule wants: lines of THING: WANT. Then
// it looks again, which must change nothing. It returns what there is besides what was
// there before.
func (s *trial) look(minute int, wants ...string) {
	s.Helper()
	now := noon.Add(time.Duration(minute) * time.Minute)
	s.request.Now, s.request.UpdatedAt = now, now
	for i := range 2 {
		var predictions []pull.Prediction
		for _, line := range wants {
			thing, want, _ := strings.Cut(line, ": ")
			found, known := s.request.Found(thing)
			if !known {
				found = ""
			}
			predictions = append(predictions, pull.Prediction{Rule: "stage", Thing: thing, Want: want, Found: found})
		}
		var known []Record
		for _, r := range s.records {
			known = append(known, stored(s, r))
		}
		changes := Compare(known, Look{Request: &s.request, Rules: s.rules, Predictions: predictions, Window: time.Hour, Now: now})
		if i > 0 && len(changes.Keep)+len(changes.Drop) > 0 {
			s.Errorf("minute %d: a second look changes %+v", minute, changes)
		}
		for _, r := range changes.Keep {
			s.records[fmt.Sprint(r.Thing, r.At)] = r
		}
		for _, r := range changes.Drop {
			delete(s.records, fmt.Sprint(r.Thing, r.At))
		}
		s.again = changes.Again
	}
}

// stored is a record as the database gives it back.
func stored(t testing.TB, r Record) Record {
	t.Helper()
	data, err := r.Stored()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(r.Thing, r.At, data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("a record is kept otherwise (-want +got):\n%s", diff)
	}
	return back
}

// expect checks the records: THING OUTCOME, by the time of the prediction.
func (s *trial) expect(want ...string) {
	s.Helper()
	var all []Record
	for _, r := range s.records {
		if r.Thing != "" {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, compareRecords)
	var got []string
	for _, r := range all {
		outcome := string(r.Outcome)
		if r.Outcome == Open {
			outcome = "open"
		}
		got = append(got, r.Thing+" "+outcome)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("records (-want +got):\n%s", diff)
	}
}

func (s *trial) label(by, name string) {
	s.request.Labels = append(s.request.Labels, name)
	s.request.Events = append(s.request.Events, pull.Event{Kind: pull.Labeled, Subject: name, By: by, At: s.request.Now})
}

func (s *trial) unlabel(name string) {
	s.request.Labels = slices.DeleteFunc(slices.Clone(s.request.Labels), func(l string) bool { return l == name })
}

func (s *trial) status(context string, state pull.StatusState) {
	s.request.Statuses[context] = pull.Status{Context: context, State: state}
}

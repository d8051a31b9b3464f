package acceptance

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// checkedPrefix is where a ruleset may require the status of the run.
const checkedPrefix = "concorde-acceptance-checked/"

// outcome is what came of asking for auto-merge.
type outcome struct {
	merged, enabled bool
	words           string // of a refusal
}

func (o outcome) String() string {
	switch {
	case o.merged:
		return "it was merged at once"
	case o.enabled:
		return "auto-merge was enabled"
	}
	return fmt.Sprintf("it was refused: %q", o.words)
}

// autoMerge asks for auto-merge as the bot would. Words that the bot doesn't know are an
// error there.
func (s *session) autoMerge(ctx context.Context, m made) (o outcome, err error) {
	var raw said
	err = s.apply(watching(ctx, &raw), m.key, pull.MergePull{SHA: m.head, Title: m.branch, Auto: true})
	if err != nil {
		return o, differs("it is refused in unknown words: %v", err)
	}
	var a answer
	if json.Unmarshal(raw.body, &a) == nil && len(a.Errors) > 0 {
		o.words = a.Errors[0].Message
		return o, nil
	}
	_, err = s.shows(ctx, "auto-merge, or a merge", func() (bool, error) {
		r, err := s.load(ctx, m.key)
		if err == nil {
			o.merged, o.enabled = r.State == pull.Merged, r.AutoMerge
		}
		return o.merged || o.enabled, err
	})
	return o, err
}

// allowed is a skip if the repository's setting isn't this one.
func (s *session) allowed(want bool) error {
	switch {
	case want && !s.autoMerges:
		return &skip{"the repository doesn't allow auto-merge: allow it in its settings"}
	case !want && s.autoMerges:
		return &skip{"the repository allows auto-merge: another run may show the refusal"}
	}
	return nil
}

func (s *session) autoMergeOff(ctx context.Context) (string, error) {
	if err := s.allowed(false); err != nil {
		return "", err
	}
	m, err := s.newPull(ctx, "auto-off", files{"acceptance/auto-off.txt": {Content: "x\n"}})
	if err != nil {
		return "", err
	}
	o, err := s.autoMerge(ctx, m)
	if err == nil && (o.merged || o.enabled || !strings.Contains(o.words, "not allowed")) {
		err = differs("%s", o)
	}
	return o.String(), err
}

// autoMergeIdle asks where nothing is required, so that auto-merge has nothing to wait
// for.
func (s *session) autoMergeIdle(ctx context.Context) (string, error) {
	if err := s.allowed(true); err != nil {
		return "", err
	}
	m, err := s.newPull(ctx, "auto", files{"acceptance/auto.txt": {Content: "x\n"}})
	if err != nil {
		return "", err
	}
	o, err := s.autoMerge(ctx, m)
	if err == nil && o.enabled {
		err = differs("auto-merge was enabled, and the pull request stays open")
	}
	return o.String(), err
}

func (s *session) autoMergeDraft(ctx context.Context) (string, error) {
	if err := s.allowed(true); err != nil {
		return "", err
	}
	m, err := s.newDraft(ctx, "auto-draft")
	if err != nil {
		return "", err
	}
	o, err := s.autoMerge(ctx, m)
	if err == nil && (o.merged || o.enabled) {
		err = differs("%s", o)
	}
	return o.String(), err
}

func (s *session) autoMergeConflict(ctx context.Context) (string, error) {
	if err := s.allowed(true); err != nil {
		return "", err
	}
	onto, err := s.change(ctx, "conflict", draft{files: files{"acceptance/conflict.txt": {Content: "one\n"}}})
	if err != nil {
		return "", err
	}
	sha, err := s.commit(ctx, draft{parent: s.tip, message: "Other", files: files{"acceptance/conflict.txt": {Content: "other\n"}}})
	if err != nil {
		return "", err
	}
	opening := s.opening("auto-conflict")
	opening.Base = onto.branch
	m, err := s.openPull(ctx, opening, sha)
	if err != nil {
		return "", err
	}
	if _, err := s.shows(ctx, "a conflict", func() (bool, error) { return s.mergeState(ctx, m, "DIRTY") }); err != nil {
		return "", err
	}
	o, err := s.autoMerge(ctx, m)
	if err == nil && o.merged {
		err = differs("%s", o)
	}
	return o.String(), err
}

// mergeState reports whether a pull request has this mergeStateStatus. GitHub computes it
// once it's asked for.
func (s *session) mergeState(ctx context.Context, m made, want string) (bool, error) {
	var found struct {
		PullRequest struct{ MergeStateStatus string }
	}
	answer, err := s.ask(ctx, "pullRequest(number:$number){mergeStateStatus}", map[string]any{"number:Int!": m.key.Number})
	if err == nil {
		err = answer.repository(&found)
	}
	return found.PullRequest.MergeStateStatus == want, err
}

// checked opens a pull request into a branch whose ruleset requires the status of the run,
// which its head lacks.
func (s *session) checked(ctx context.Context, name string) (m made, err error) {
	if err := s.ruled(); err != nil {
		return m, err
	}
	base := checkedPrefix + s.names + "-" + name
	tip, err := s.commit(ctx, draft{parent: s.tip, message: "Begin", files: files{"acceptance/checked.txt": {Content: name}}})
	if err == nil { // a branch whose rules require it can only begin with it
		err = s.green(ctx, tip)
	}
	if err == nil {
		err = s.setBranch(ctx, base, tip)
	}
	if err != nil {
		return m, err
	}
	sha, err := s.commit(ctx, draft{parent: tip, message: "Go on", files: files{"acceptance/checked.txt": {Content: name + "\n"}}})
	if err != nil {
		return m, err
	}
	opening := s.opening("checked-" + name)
	opening.Base = base
	if m, err = s.openPull(ctx, opening, sha); err != nil {
		return m, err
	}
	_, err = s.shows(ctx, "what a ruleset requires", func() (bool, error) { return s.mergeState(ctx, m, "BLOCKED") })
	var none *difference
	if errors.As(err, &none) {
		s.unruled = true
	}
	return m, cmp.Or(s.ruled(), err)
}

// ruled is a skip if no ruleset requires the status of the run.
func (s *session) ruled() error {
	if s.unruled {
		return &skip{fmt.Sprintf("no ruleset requires the status %s on the branches %s*", statusContext, checkedPrefix)}
	}
	return nil
}

// green sets the status of the run on a commit.
func (s *session) green(ctx context.Context, sha string) error {
	return s.want(ctx, "POST", "statuses/"+sha, map[string]string{"state": "success", "context": statusContext}, nil)
}

// autoMergeWaits asks before the required status is there, then sets it.
func (s *session) autoMergeWaits(ctx context.Context) (string, error) {
	if err := s.allowed(true); err != nil {
		return "", err
	}
	m, err := s.checked(ctx, "waits")
	if err != nil {
		return "", err
	}
	o, err := s.autoMerge(ctx, m)
	if err == nil && !o.enabled {
		err = differs("%s", o)
	}
	if err == nil {
		err = s.green(ctx, m.head)
	}
	if err != nil {
		return "", err
	}
	took, err := s.within(ctx, patience{"an auto-merge", 2 * gh.Lag, deliveryPause}, func() (bool, error) {
		r, err := s.load(ctx, m.key)
		return err == nil && r.State == pull.Merged, err
	})
	return after(took), err
}

// autoMergeClean asks when the required status is there.
func (s *session) autoMergeClean(ctx context.Context) (string, error) {
	if err := s.allowed(true); err != nil {
		return "", err
	}
	m, err := s.checked(ctx, "clean")
	if err == nil {
		err = s.green(ctx, m.head)
	}
	if err != nil {
		return "", err
	}
	if _, err := s.shows(ctx, "a clean status", func() (bool, error) { return s.mergeState(ctx, m, "CLEAN") }); err != nil {
		return "", err
	}
	o, err := s.autoMerge(ctx, m)
	if err == nil && !o.merged {
		err = differs("%s", o)
	}
	return o.String(), err
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/suite"
)

// TestBackportKilledAtEachStep kills bot backport before and after runs of git:
// each of them, or one every some. What is left can be gone on with, and can be
// taken back.
func TestBackportKilledAtEachStep(t *testing.T) {
	t.Parallel()
	stride := suite.Sizes[int]{Normal: 84, Long: 7, Full: 1}.Size()
	fresh := newKitchen(t)
	conflict := func(k kitchen) {
		if code, out := k.bot(start...); code != 1 || !k.unfinished() {
			k.Fatalf("exit code %d\n%s", code, out)
		}
	}
	solved := func(k kitchen) {
		conflict(k)
		k.resolve()
	}
	for i, story := range []struct {
		name    string
		prepare func(kitchen)
		args    []string
		end     func(kitchen)
	}{
		{"start, then go on", func(kitchen) {}, start, kitchen.finish},
		{"start, then take back", func(kitchen) {}, start, kitchen.takeBack},
		{"continue, then go on", solved, []string{"--continue"}, kitchen.finish},
		{"continue, then take back", solved, []string{"--continue"}, kitchen.takeBack},
		{"skip, then take back", conflict, []string{"--skip"}, kitchen.takeBack},
		{"abort, then take back", conflict, []string{"--abort"}, kitchen.takeBack},
	} {
		for _, when := range []string{"before", "after"} {
			t.Run(story.name+"/"+when, func(t *testing.T) {
				t.Parallel()
				killed := true
				for nth := 1 + i*stride/6; killed; nth += stride {
					t.Run(fmt.Sprint(nth), func(t *testing.T) {
						k := fresh.copy(t)
						story.prepare(k)
						k.nth, k.when = nth, when
						code, _ := k.bot(story.args...)
						killed = code == -1
						story.end(k)
					})
				}
			})
		}
	}
}

// hook installs a hook in the clone.
func (k *kitchen) hook(name, script string) {
	k.Helper()
	path := filepath.Join(k.work(), ".git", "hooks", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		k.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		k.Fatal(err)
	}
}

// TestBackportInterrupted interrupts a push that a hook holds up. Meanwhile no
// other bot backport gets in the way, and afterwards it goes on.
func TestBackportInterrupted(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	started, release := filepath.Join(k.dir, "started"), filepath.Join(k.dir, "release")
	k.hook("pre-push", "touch '"+started+"'\nwhile [ ! -e '"+release+"' ]; do sleep 0.05; done\n")
	t.Cleanup(func() { _ = os.WriteFile(release, nil, 0o600) })
	cmd := k.command("--push", "fix", "3.14", "3.9")
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the hook to run", func() bool {
		_, err := os.Stat(started)
		return err == nil
	})
	for _, args := range [][]string{{"--continue"}, {"--abort"}, {"fix", "3.10"}} {
		if code, out := k.bot(args...); code != 1 || out != "bot: another bot backport is running in this repository: wait for it to finish\n" {
			t.Errorf("bot backport %v: exit code %d\n%s", args, code, out)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 ||
		!strings.Contains(all.String(), "bot: interrupted: run bot backport --continue to go on, or --abort to stop") {
		t.Errorf("%v\n%s", err, all.String())
	}
	if err := os.WriteFile(release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := k.bot("--status"); code != 0 || !strings.Contains(out, "It was interrupted.") {
		t.Errorf("bot backport --status: exit code %d\n%s", code, out)
	}
	if code, out := k.bot("--continue"); code != 0 || strings.Count(out, ": pushed the branch ") != 2 {
		t.Errorf("bot backport --continue: exit code %d\n%s", code, out)
	}
	k.nothingLeft()
}

//go:build !linux && !darwin && !freebsd

package git

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

var errSystem = fmt.Errorf("picking needs Linux, macOS or FreeBSD: %w", errors.ErrUnsupported)

func lock(*os.File, bool) (bool, error) { return false, errSystem }

func mine(os.FileInfo) bool { return false }

func free(string) (int64, error) { return 0, errSystem }

func inGroup(*exec.Cmd) {}

var deaths map[int]death

func isFull(error) bool { return false }

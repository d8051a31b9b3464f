package settingscheck

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/pull"
)

// checker reads what pull requests make of the repository's files, each version
// once: a rule is asked about the same pull request again and again.
type checker struct {
	central  *config.Config
	own      config.Rules
	together func(file string, own config.Rules) error

	mu   sync.Mutex
	seen map[string]verdict // by the ids of blobs
}

// verdict on a file. One with faults isn't in force at all.
type verdict struct {
	faults, leftOut, warnings yamlfile.Faults
	unused                    bool
}

// maxSeen bounds what is remembered; then it begins again.
const maxSeen = 100

// remembered is the verdict on some blobs, which read gives the first time.
func (k *checker) remembered(blobs string, read func() verdict) verdict {
	k.mu.Lock()
	v, found := k.seen[blobs]
	k.mu.Unlock()
	if found {
		return v
	}
	v = read()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.seen) >= maxSeen {
		clear(k.seen)
	}
	k.seen[blobs] = v
	return v
}

// blob is the id that git gives to a file's content.
func blob(data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return fmt.Sprintf("%x", h.Sum(nil))
}

func (k *checker) settings(data []byte) verdict {
	return k.remembered(blob(data), func() verdict {
		own, err := k.override(data)
		return judged(own, err)
	})
}

func (k *checker) override(data []byte) (config.Rules, error) {
	own, err := k.central.Override(config.RepositoryFile, data)
	if err == nil {
		err = k.together(config.RepositoryFile, own)
	}
	return own, err
}

// labelRules checks a labeler file by the settings that will be in force: those that the
// pull request brings, if it changes them and they are good.
func (k *checker) labelRules(settings *pull.File, data []byte) verdict {
	blobs, inForce := "labeler "+blob(data), func() config.Rules { return k.own }
	switch {
	case settings == nil:
	case gone(config.RepositoryFile, settings):
		blobs, inForce = blobs+" central", func() config.Rules { return k.central.Rules }
	case unread(config.RepositoryFile, settings.Content) == nil:
		blobs, inForce = blobs+" "+blob(settings.Content.Data), func() config.Rules {
			if own, err := k.override(settings.Content.Data); err == nil {
				return own
			}
			return k.own
		}
	}
	return k.remembered(blobs, func() verdict {
		by := inForce()
		if by.Labels.Labeler != config.On {
			return verdict{unused: true}
		}
		fromFile := func(r config.LabelRule) bool { return r.Clauses != nil } // as it is now
		by.Labels.Rules = slices.DeleteFunc(slices.Clone(by.Labels.Rules), fromFile)
		own, err := labeler.Read(by, labeler.Path, data)
		if err == nil {
			err = k.together(labeler.Path, own)
		}
		return judged(own, err)
	})
}

func judged(own config.Rules, err error) verdict {
	var faults yamlfile.Faults
	if errors.As(err, &faults) {
		return verdict{faults: faults}
	}
	return verdict{leftOut: own.LeftOut, warnings: own.Warnings}
}

package web

import (
	"encoding/json"
	"fmt"
	"hash/maphash"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// keptBriefs bounds what is kept of lists' rows, some 1 kB each. Reading them again from
// their JSON took most of a long list's time.
const keptBriefs = 10_000

// briefOf names a stored row.
type briefOf struct {
	group  string
	number int
}

// brief is a row, with a digest of what it was read from.
type brief struct {
	digest uint64
	pull.Brief
}

// decoded reads a row of a list. Lists in it are shared: nobody changes them.
func (p *Pages) decoded(v queue.View) (pull.Brief, error) {
	of, digest := briefOf{v.Group, v.Number}, maphash.Bytes(p.seed, v.Brief)
	if kept, found := p.kept.Get(of); found && kept.digest == digest {
		return kept.Brief, nil
	}
	b := brief{digest: digest}
	if err := json.Unmarshal(v.Brief, &b.Brief); err != nil {
		return pull.Brief{}, fmt.Errorf("reading the view of %s, number %d: %w", v.Group, v.Number, err)
	}
	p.kept.Add(of, b)
	return b.Brief, nil
}

package main

import (
	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
)

// remote asks GitHub.
func (c *newsCmd) remote(s streams, settings *config.Config, of nextOf) (newsTree, error) {
	r, err := c.remoteFlags.open(s, settings)
	if err != nil {
		return newsTree{}, err
	}
	branch, err := r.branch(of, c.Ref)
	if err != nil {
		return newsTree{}, misuse(err)
	}
	q := snapshot.TreeQuery{Key: r.key, Ref: "refs/heads/" + branch, Directory: r.rules.News.Directory}
	tree := newsTree{settings: r.rules.News, from: r.from(branch)}
	if tree.files, err = r.loads.Tree(s.ctx, q); err != nil {
		return tree, err
	}
	q.Directory = releaseFile(r.rules.News, c.Release)
	tree.released, err = r.loads.Has(s.ctx, q)
	return tree, err
}

package world

// otherApp is an App that isn't the one under test.
func (w *World) otherApp(slug string) *App {
	if w.others[slug] == nil {
		if w.others == nil {
			w.others = map[string]*App{}
		}
		w.others[slug] = &App{ID: w.nextID(), Slug: slug, Bot: w.Account(slug + "[bot]")}
	}
	return w.others[slug]
}

func (w *World) AppOf(k *Check) *App {
	if k.App == nil {
		return w.App
	}
	return k.App
}

// concluded is the conclusion of an App's newest runs on a commit, and whether all are completed.
func (r *Repo) concluded(sha string, by *App) (conclusion string, done bool) {
	conclusion = "success"
	for _, k := range LatestChecks(r.ChecksAt(sha, "")) {
		switch {
		case k.App != by:
		case k.Status != "completed":
			return "", false
		case k.state() == "FAILURE":
			conclusion = "failure"
		}
	}
	return conclusion, true
}

// Suite is all that an App's check runs on a commit have come to.
type Suite struct {
	App             *App
	SHA, Conclusion string
}

// OtherCheck makes, or changes, a check run of another App on a commit, as CI does.
func (r *Repo) OtherCheck(sha, app, name, conclusion string) error {
	in := CheckInput{Name: &name, HeadSHA: sha}
	if conclusion != "" {
		in.Conclusion = &conclusion
	}
	by := r.World.otherApp(app)
	k := &Check{App: by, SHA: sha, Status: "in_progress", Started: r.World.Now()}
	if _, err := r.Store.Commit(sha); err != nil {
		return err
	}
	if err := k.apply(in, r.World.Now()); err != nil {
		return err
	}
	k.ID = r.World.nextID()
	r.Checks = append(r.Checks, k)
	if conclusion, done := r.concluded(sha, by); done {
		r.World.emit(Event{Name: "check_suite", Action: "completed", Repo: r, By: by.Bot, Suite: &Suite{by, sha, conclusion}})
	}
	return nil
}

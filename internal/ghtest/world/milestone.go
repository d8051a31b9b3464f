package world

// Milestone puts an issue or pull request into a milestone, by its title; "" takes it out. Going from one to another is both, as GitHub
// tells it ("issues", webhook events: "demilestoned", "milestoned").
func (r *Repo) Milestone(i *Issue, by *User, title string) {
	if i.Milestone == title {
		return
	}
	for _, action := range []string{"demilestoned", "milestoned"} {
		if action == "demilestoned" && i.Milestone == "" || action == "milestoned" && title == "" {
			continue
		}
		of := i.Milestone
		if action == "milestoned" {
			i.Milestone, of = title, title
		} else {
			i.Milestone = ""
		}
		r.changed(i, Event{Action: action, By: by, Milestone: of})
	}
}

package command

// About is what people must know of a command.
type About struct {
	Name    string `json:"name"`
	Who     string `json:"who"`   // may give it
	Where   string `json:"where"` // "pull requests", "tracking issues", or pull requests and issues
	Does    string `json:"does"`
	Example string `json:"example"` // without the bot's name
}

// Abouts describes all commands.
func Abouts() (all []About) {
	for _, v := range verbs {
		where := "pull requests and issues"
		switch {
		case v.pulls:
			where = "pull requests"
		case v.issues:
			where = "tracking issues"
		}
		all = append(all, About{v.name, mayText(v), where, v.does, v.example})
	}
	return all
}

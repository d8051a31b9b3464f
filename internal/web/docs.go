package web

// Rule is what people must know of a rule.
type Rule struct {
	Name  string   `json:"name"`
	About string   `json:"about"`
	Owns  []string `json:"owns,omitempty"` // statuses and labels that it alone sets
}

// Command is what people must know of a command in comments.
type Command struct {
	Name    string `json:"name"`
	Who     string `json:"who"`
	Where   string `json:"where"`
	Does    string `json:"does"`
	Example string `json:"example"`
}

// docs is the page about what the bot does.
type docs struct {
	Rules    []Rule    `json:"rules,omitempty"`
	Commands []Command `json:"commands,omitempty"`
}

func (p *Pages) docs(*asked) (page, error) {
	return page{name: "docs", Title: "What the bot does", Place: "docs", Data: docs{p.Rules, p.Commands},
		Sentence: "Rules act by themselves whenever something happens on a pull request or issue. Commands are for people, in comments."}, nil
}

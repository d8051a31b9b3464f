package triage

// aboutLabels is what the documentation says of the rule on labels.
const aboutLabels = "Sets labels by the rules of the settings and of the repository's `.github/labeler.yml`: by changed files, title, branches, author, " +
	"size and answers in issue forms. A suggested label is set once; what people do with it stands."

package config

// News are the settings of the NEWS rule: how the files in which pull requests
// announce themselves are named, and what must be in them (devguide, "What's
// New and News Entries"; the tool blurb).
type News struct {
	Mode      Mode   `yaml:"mode" jsonschema:"enum=off,enum=require"`                     // whether the rule acts
	Status    string `yaml:"status" names:"status"`                                       // commit status context
	Check     string `yaml:"check"`                                                       // name of the check run
	SkipLabel string `yaml:"skip-label" jsonschema:"maxLength=50" names:"people's label"` // label that makes an entry unnecessary
	Directory string `yaml:"directory" jsonschema:"format=directory"`                     // where the entries are, below it the sections
	// Sections in the order of the changelog.
	Sections []Section `yaml:"sections" jsonschema:"minItems=1,maxItems=100"`
	// MinGHIssue is the lowest issue number that GitHub can have: lower ones
	// are of the old tracker.
	MinGHIssue int `yaml:"min-gh-issue" jsonschema:"minimum=1,maximum=1000000000"`
	Width      int `yaml:"width" jsonschema:"minimum=40,maximum=200"` // how wide the text is once it is wrapped, in characters
	// Help is whether newcomers get a comment that explains entries.
	Help    bool   `yaml:"help"`
	HelpURL string `yaml:"help-url" jsonschema:"maxLength=2000,format=uri"` // the page that the comment links to
}

// Section of the changelog.
type Section struct {
	Name      string   `yaml:"name" jsonschema:"required,maxLength=100"`                       // as the changelog shows it
	Directory string   `yaml:"directory" jsonschema:"required,maxLength=100,format=file-name"` // where its entries are
	Legacy    []string `yaml:"legacy" jsonschema:"format=file-name,maxItems=20"`               // directories that are still read
	// Paths are prefixes of changed files that suggest this section, by which
	// it is guessed for a missing entry.
	Paths []string `yaml:"paths" jsonschema:"format=path-prefix,maxItems=100"`
}

// ABI are the settings of the ABI rule (PEP 605, "ABI markers").
type ABI struct {
	Mode         Mode   `yaml:"mode" jsonschema:"enum=off,enum=warn,enum=require"` // whether the rule acts, and whether it only warns
	Status       string `yaml:"status" names:"status"`                             // commit status context
	Check        string `yaml:"check"`                                             // name of the check run
	CommitMarker string `yaml:"commit-marker" jsonschema:"maxLength=50"`           // at the start of a commit's summary line
	NewsMarker   string `yaml:"news-marker" jsonschema:"maxLength=50"`             // at the start of a NEWS entry
	// Evidence are files (path.Match patterns) that change with the ABI.
	Evidence []string `yaml:"evidence" jsonschema:"format=path-pattern,uniqueItems=true,maxItems=100"`
}

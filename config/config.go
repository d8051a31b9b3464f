package config

// Config is the central file: what the operator of the App decides.
type Config struct {
	// Repositories are patterns of OWNER/NAME, with * for any run of characters within
	// a part. The bot stores deliveries of others and does nothing more.
	Repositories []string `yaml:"repositories"`
	Sweep        Sweep    `yaml:"sweep"`
	// Rules hold for every repository unless its own file says otherwise.
	Rules `yaml:",inline"`
}

// Rules are the settings that a repository may override in its own file.
type Rules struct {
	News News `yaml:"news"`
	ABI  ABI  `yaml:"abi"`
}

// Sweep is the periodic look at pull requests whose webhooks may be lost.
type Sweep struct {
	// MaxWrites stops a sweep that would write more than this: something is
	// wrong then, and a person should look first.
	MaxWrites int `yaml:"max-writes"`
	// RequestsPerMinute paces the look, per repository.
	RequestsPerMinute int `yaml:"requests-per-minute"`
	// FullAt is the hour (UTC, 0 to 23) after which the nightly sweep over all
	// open pull requests runs.
	FullAt int `yaml:"full-at"`
}

// Mode says how much a rule insists.
type Mode string

const (
	Off     Mode = "off"
	Warn    Mode = "warn"
	Require Mode = "require"
)

// News are the settings of the NEWS rule: how the files in which pull requests
// announce themselves are named, and what must be in them (devguide, "What's
// New and News Entries"; the tool blurb).
type News struct {
	Mode      Mode   `yaml:"mode"`       // off or require
	Status    string `yaml:"status"`     // commit status context
	Check     string `yaml:"check"`      // name of the check run
	SkipLabel string `yaml:"skip-label"` // label that makes an entry unnecessary
	Directory string `yaml:"directory"`  // "Misc/NEWS.d/next"
	// Sections in the order of the changelog.
	Sections []Section `yaml:"sections"`
	// MinGHIssue is the lowest issue number that GitHub can have: lower ones
	// are of the old tracker.
	MinGHIssue int `yaml:"min-gh-issue"`
	Width      int `yaml:"width"` // of the text once it is wrapped, in characters
	// Help is whether newcomers get a comment that explains entries.
	Help    bool   `yaml:"help"`
	HelpURL string `yaml:"help-url"`
}

// Section of the changelog.
type Section struct {
	Name      string   `yaml:"name"`      // "Core and Builtins"
	Directory string   `yaml:"directory"` // "Core_and_Builtins"
	Legacy    []string `yaml:"legacy"`    // directories that are still read
	// Paths are prefixes of changed files that suggest this section, by which
	// it is guessed for a missing entry.
	Paths []string `yaml:"paths"`
}

// ABI are the settings of the ABI rule (PEP 605, "ABI markers").
type ABI struct {
	Mode         Mode   `yaml:"mode"`
	Status       string `yaml:"status"`
	Check        string `yaml:"check"`         // name of the check run
	CommitMarker string `yaml:"commit-marker"` // "(ABI break)"
	NewsMarker   string `yaml:"news-marker"`   // "(CPython ABI break)"
	// Evidence are files (path.Match patterns) that change with the ABI.
	Evidence []string `yaml:"evidence"`
}

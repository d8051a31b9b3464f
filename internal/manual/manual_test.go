package manual_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/concorde-bot/concorde/internal/manual"
)

// parrot has what shells and roff take for their own signs.
type parrot struct {
	Sell struct {
		Mode   string `enum:"resting,stunned" default:"resting" help:"How it's [now]: $(exit 9) ."`
		Ledger string `placeholder:"FILE" env:"LEDGER" help:".SH of a \\fBledger\\fP (default: none)."`
		Price  int    `help:"In 'shillings'; at least one."`
		Dry    bool   `help:"Sell nothing."`
		Secret string `hidden:"" help:"Nobody's business."`
	} `cmd:"" help:"Sell a parrot. Ask nobody."`
	Bury struct {
		How string `arg:"" enum:"sea,earth" help:"The way."`
	} `cmd:"" help:"Bury it."`
}

func app(t *testing.T) *kong.Application {
	t.Helper()
	parser, err := kong.New(&parrot{}, kong.Name("parrot"), kong.Description("Sells parrots.\n\n'Ex-' ones too."))
	if err != nil {
		t.Fatal(err)
	}
	return parser.Model
}

func completion(t *testing.T, shell string) string {
	t.Helper()
	script, err := manual.Completion(app(t), shell)
	if err != nil {
		t.Fatal(err)
	}
	return script
}

// TestBash has a real bash complete, with the words as it splits them: at "=", too.
func TestBash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parrot")
	if err := os.WriteFile(path, []byte(completion(t, "bash")), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"parrot ''":                       "sell bury",
		"parrot se":                       "sell",
		"parrot sell --":                  "--mode --ledger --price --dry",
		"parrot sell --mode ''":           "resting stunned",
		"parrot sell --mode = ''":         "resting stunned",
		"parrot sell --mode =":            "resting stunned",
		"parrot sell --mode st":           "stunned",
		"parrot sell --mode = st":         "stunned",
		"parrot sell --ledger --":         "", // files
		"parrot sell ''":                  "",
		"parrot bury ''":                  "sea earth",
		"parrot sell --dry --p":           "--price",
		"parrot nothing --":               "",
		"parrot sell --mode resting --le": "--ledger",
	} {
		cmd := exec.Command("bash", "--norc", "-c", `. "$1"; COMP_WORDS=(`+line+`); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _parrot; echo `+
			`"${COMPREPLY[*]}"`, "bash", path)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestZshAndFish(t *testing.T) {
	for shell, lines := range map[string][]string{
		"zsh": {
			`'sell:Sell a parrot'`,
			`'--mode=[How it'\''s \[now\]: $(exit 9) ]:mode:(resting stunned)'`,
			`'--ledger=[.SH of a \fBledger\fP]:ledger:_files'`,
			`'--dry[Sell nothing]'`,
			`'*:how:(sea earth)'`,
		},
		"fish": {
			`complete -c parrot -n __fish_use_subcommand -a sell -d 'Sell a parrot'`,
			`complete -c parrot -n '__fish_seen_subcommand_from sell' -l mode -d 'How it\'s [now]: $(exit 9) ' -x -a 'resting stunned'`,
			`complete -c parrot -n '__fish_seen_subcommand_from sell' -l ledger -d '.SH of a \\fBledger\\fP' -r -F`,
			`complete -c parrot -n '__fish_seen_subcommand_from bury' -a 'sea earth'`,
		},
	} {
		script := completion(t, shell)
		for _, line := range lines {
			if !strings.Contains(script, line) {
				t.Errorf("the script for %s lacks %s:\n%s", shell, line, script)
			}
		}
		if strings.Contains(script, "secret") {
			t.Errorf("the script for %s has a hidden flag", shell)
		}
	}
	if _, err := manual.Completion(app(t), "csh"); err == nil || err.Error() != `writing a completion: "csh" is not one of bash, zsh, fish` {
		t.Error(err)
	}
}

func TestPage(t *testing.T) {
	page := manual.Page(app(t), "1.2.3")
	for _, line := range []string{
		`.TH PARROT 1 "" "parrot 1.2.3" "User Commands"`,
		`parrot \- Sells parrots`,
		`\&'Ex\-' ones too.`,
		`.SS parrot sell [flags]`,
		`.B \-\-mode=resting|stunned`,
		`.B \-\-ledger=FILE`,
		`\&.SH of a \efBledger\efP (default: none). Environment: LEDGER.`,
		`.SS parrot bury <how>`,
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the page lacks the line %s:\n%s", line, page)
		}
	}
	if strings.Contains(page, "secret") {
		t.Error("the page has a hidden flag")
	}
}

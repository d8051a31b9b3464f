package newscheck

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/tracker"
)

// name is the name of an entry's file, taken apart:
// 2026-08-05-10-30-00.gh-issue-130000.Ab3_x-.rst
type name struct {
	date  string
	issue tracker.Issue
	nonce string
}

const extension = ".rst"

var (
	dateForm  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[0-9]{2}-[0-9]{2}-[0-9]{2})?$`)
	issueForm = regexp.MustCompile(`^(gh-issue|bpo)-([0-9]+)$`)
	nonceForm = regexp.MustCompile(`^[A-Za-z0-9_=-]+$`)
)

// readName takes the name of a file apart; the faults are messages for people.
// Each part without a fault is in the result.
func readName(file string, minGHIssue int) (n name, faults []string) {
	stem, isEntry := strings.CutSuffix(file, extension)
	if !isEntry {
		faults = append(faults, faultExtension)
		stem = looseExtension.ReplaceAllString(file, "")
	}
	fields := strings.Split(stem, ".")
	if len(fields) != 3 {
		return n, append(faults, faultNameForm)
	}
	if message := dateFault(fields[0]); message != "" {
		faults = append(faults, message)
	} else {
		n.date = fields[0]
	}
	number, message := readIssue(fields[1], minGHIssue)
	if message != "" {
		faults = append(faults, message)
	} else {
		n.issue = number
	}
	if nonceForm.MatchString(fields[2]) {
		n.nonce = fields[2]
	} else {
		faults = append(faults, faultNonce)
	}
	return n, faults
}

func dateFault(date string) string {
	if !dateForm.MatchString(date) {
		return faultDateForm
	}
	layout := "2006-01-02-15-04-05"
	if _, err := time.Parse(layout[:len(date)], date); err != nil {
		return faultDate(date)
	}
	return ""
}

func readIssue(field string, minGHIssue int) (tracker.Issue, string) {
	parts := issueForm.FindStringSubmatch(field)
	switch {
	case parts != nil:
	case strings.Contains(field, ","):
		return tracker.Issue{}, faultIssueList
	case looseGH.MatchString(field):
		return tracker.Issue{}, faultIssueGH
	default:
		return tracker.Issue{}, faultIssueForm
	}
	number, err := strconv.Atoi(parts[2])
	if err != nil || strconv.Itoa(number) != parts[2] {
		return tracker.Issue{}, faultIssueNumber
	}
	if parts[1] == "bpo" {
		return tracker.Issue{Tracker: "bpo", Number: number}, ""
	}
	if number < minGHIssue {
		return tracker.Issue{}, faultIssueLow(number, minGHIssue)
	}
	return tracker.Issue{Tracker: "gh", Number: number}, ""
}

var (
	looseExtension = regexp.MustCompile(`(?i)(\.rst)?(\.(rst|txt|md))?$`)
	looseGH        = regexp.MustCompile(`(?i)^gh-?[0-9]+$`)
	looseDate      = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[0-9]{2}-[0-9]{2}-[0-9]{2})?`)
	looseIssue     = regexp.MustCompile(`(?i)(gh-issue|gh|issue|bpo)[-_ #]*([0-9]+)`)
)

// sniff finds in a faulty name what an author may have meant. Parts that are
// not there, or wrong, stay empty.
func sniff(file string, minGHIssue int) name {
	n, _ := readName(file, minGHIssue)
	if n.date == "" {
		if date := looseDate.FindString(file); dateFault(date) == "" {
			n.date = date
		}
	}
	if n.issue == (tracker.Issue{}) {
		for _, parts := range looseIssue.FindAllStringSubmatch(file, -1) {
			prefix := "gh-issue-"
			if strings.EqualFold(parts[1], "bpo") {
				prefix = "bpo-"
			}
			if number, fault := readIssue(prefix+parts[2], minGHIssue); fault == "" {
				n.issue = number
				break
			}
		}
	}
	return n
}

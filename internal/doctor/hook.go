package doctor

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
)

func (v *visit) webhook(ctx context.Context) result {
	hook, err := v.GitHub.Hook(ctx)
	if err != nil {
		return one(unanswered("Can't get the webhook from GitHub", err))
	}
	page := v.appSettings("")
	found := v.addressed(hook, page)
	if hook.URL == "" {
		return result{findings: found}
	}
	if !hook.HasSecret {
		found = append(found, Finding{State: Problem, Text: "The webhook has no secret, so the bot rejects its deliveries.",
			Cure: "Set the bot's secret at " + page + ", or let \"bot setup\" do it."})
	}
	if hook.ContentType != "json" {
		found = append(found, Finding{State: Problem, Text: fmt.Sprintf("The webhook sends %q, but the bot reads JSON.", hook.ContentType),
			Cure: "Choose application/json at " + page + "."})
	}
	if hook.Insecure {
		found = append(found, Finding{State: Note, Text: "GitHub doesn't check the certificate of the webhook's address.",
			Cure: "Turn on SSL verification at " + page + "."})
	}
	if len(found) == 0 {
		found = append(found, Finding{State: OK, Text: "GitHub sends signed webhooks to " + hook.URL + "."})
	}
	return result{findings: found}
}

// addressed checks the webhook's address.
func (v *visit) addressed(hook gh.Hook, page string) []Finding {
	u, err := url.Parse(hook.URL)
	switch {
	case hook.URL == "":
		return []Finding{{State: Problem, Text: "The App has no webhook, so the bot only sees what its sweeps find.",
			Cure: "Make the webhook active, with the bot's address, at " + page + "."}}
	case err != nil:
		return []Finding{{State: Problem, Text: "The webhook's address can't be read.", Cure: "Correct it at " + page + "."}}
	case v.WebhookURL != "" && hook.URL != v.WebhookURL:
		return []Finding{{State: Problem, Text: fmt.Sprintf("GitHub sends webhooks to %s, but the bot expects them at %s.", hook.URL,
			v.WebhookURL), Cure: "Correct one of them: the App's at " + page + ", the bot's with --url."}}
	case v.WebhookURL == "" && !strings.HasSuffix(u.Path, "/webhook"):
		return []Finding{{State: Note, Text: fmt.Sprintf("GitHub sends webhooks to %s, but the bot receives them at /webhook.", hook.URL),
			Cure: "If no proxy changes the path, correct the address at " + page + "."}}
	case u.Scheme != "https":
		return []Finding{{State: Note, Text: "GitHub sends webhooks unencrypted to " + hook.URL + ".", Cure: "Use https at " + page + "."}}
	}
	return nil
}

// recent is how many of the last deliveries count.
const recent = 30

func (v *visit) deliveries(ctx context.Context) result {
	all, _, err := v.GitHub.HookDeliveries(ctx, "")
	if err != nil {
		return one(unanswered("Can't get the latest deliveries from GitHub", err))
	}
	if len(all) == 0 {
		return one(Finding{State: Note, Text: "GitHub has sent no webhook in the last few days.",
			Cure: "Install the App, or push something. If still nothing comes, see the webhook at " + v.appSettings("/advanced") + "."})
	}
	all = all[:min(len(all), recent)]
	failed := 0
	for _, d := range all {
		if !d.OK {
			failed++
		}
	}
	last, at := all[0], ago(v.Now().Sub(all[0].At))
	switch {
	case !last.OK:
		text := fmt.Sprintf("The last webhook (%s, %s) failed: %s. Of the last %d, %d failed.", last.Event, at, last.Status, len(all), failed)
		return result{findings: []Finding{{State: Problem, Text: text, Cure: v.deliveryCure(last)}}}
	case failed > 0:
		return result{findings: []Finding{{State: Note, Text: fmt.Sprintf("The last webhook arrived %s, but %d of the last %d failed.", at,
			failed, len(all)), Cure: "The bot requests them again. See " + v.appSettings("/advanced") + " for why they failed."}}}
	}
	return result{findings: []Finding{{State: OK, Text: fmt.Sprintf("The last webhook (%s) arrived %s.", last.Event, at)}}}
}

// deliveryCure says what to do about the response from the webhook's address.
func (v *visit) deliveryCure(d gh.HookDelivery) string {
	switch d.Code {
	case 401, 403:
		return "The secrets differ: set the same in GITHUB_WEBHOOK_SECRET and at " + v.appSettings("") + ", or let \"bot setup\" do it."
	case 404, 405:
		return "The address leads elsewhere: it must end in the bot's /webhook, through the proxy too."
	case 502, 504:
		return "The proxy doesn't reach the bot: start it, and check the proxy's target."
	case 503:
		return "The bot was starting or couldn't store it: see its log, and \"database\" here."
	case 0:
		return "GitHub got no answer: check that the address is reachable from the Internet, its DNS, firewall and certificate."
	}
	return "See the answer at " + v.appSettings("/advanced") + ", and the bot's log."
}

// ago formats an age.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

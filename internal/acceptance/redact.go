package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// redactor takes people, tokens and the repository's name out of answers. The same
// person has the same new name in the whole run.
type redactor struct {
	dotted []string // names of repositories with their new ones

	mu     sync.Mutex
	people map[string]string // new names by login, in lower case
	met    int               // persons
}

func newRedactor(cfg Config) *redactor {
	r := &redactor{people: map[string]string{}}
	for _, named := range []struct {
		key  pull.Key
		name string
	}{{cfg.Archived, "archived"}, {cfg.Repository, "repository"}} {
		if named.key.Repo == "" {
			continue
		}
		r.people[strings.ToLower(named.key.Owner)], r.people[strings.ToLower(named.key.Repo)] = "owner", named.name
		if strings.Contains(named.key.Repo, ".") { // more than one word
			r.dotted = append(r.dotted, named.key.Repo, named.name)
		}
	}
	return r
}

// secretKeys hold what nobody else should have, personalKeys what is about a person.
var (
	secretKeys = map[string]bool{
		"token": true, "secret": true, "webhook_secret": true, "client_secret": true, "pem": true,
		"X-Hub-Signature": true, "X-Hub-Signature-256": true,
	}
	personalKeys = map[string]bool{
		"email": true, "avatar_url": true, "avatarUrl": true, "gravatar_id": true, "bio": true, "company": true, "location": true, "blog": true,
		"twitter_username": true, "hireable": true, "signature": true, "payload": true,
	}
	numbered = map[string]bool{"id": true, "node_id": true, "databaseId": true}
)

// json redacts a document; what isn't JSON becomes a string.
func (r *redactor) json(text []byte) json.RawMessage {
	if len(text) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil || decoder.More() {
		v = string(bytes.ToValidUTF8(text, []byte("?")))
	}
	r.meet(v)
	out, err := json.Marshal(r.value("", v))
	if err != nil {
		return nil
	}
	return out
}

// meet gives new names to the people in a document. Apps and bots keep theirs.
func (r *redactor) meet(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			r.meet(x)
		}
	case map[string]any:
		login, _ := v["login"].(string)
		if login != "" && !bot(v) {
			r.name(login)
		}
		for _, x := range v {
			r.meet(x)
		}
	}
}

func bot(account map[string]any) bool {
	login, _ := account["login"].(string)
	return account["type"] == "Bot" || account["__typename"] == "Bot" || strings.HasSuffix(login, "[bot]")
}

func (r *redactor) name(login string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := strings.ToLower(login)
	if r.people[key] == "" {
		r.met++
		r.people[key] = fmt.Sprintf("person-%d", r.met)
	}
}

func (r *redactor) value(key string, v any) any {
	switch v := v.(type) {
	case string:
		switch {
		case secretKeys[key]:
			return "[redacted]"
		case personalKeys[key]:
			return "redacted"
		}
		return r.text(v)
	case []any:
		for i, x := range v {
			v[i] = r.value("", x)
		}
	case map[string]any:
		r.object(v)
	}
	return v
}

// object redacts fields. A person's numbers lead to the person.
func (r *redactor) object(v map[string]any) {
	login, _ := v["login"].(string)
	person := login != "" && !bot(v)
	_, mail := v["email"].(string)
	if _, delivery := v["delivered_at"]; delivery { // where the bot runs, and what it answers
		delete(v, "response")
		if v["url"] != nil {
			v["url"] = "redacted"
		}
	}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		switch {
		case person && numbered[key] && v[key] != nil:
			v[key] = "redacted"
		case (person || mail) && key == "name" && v[key] != nil:
			v[key] = "Somebody"
		default:
			v[key] = r.value(key, v[key])
		}
	}
}

var (
	word = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9_-]*`)
	mail = regexp.MustCompile(`[\w.+\[\]-]+@[\w-]+(\.[\w-]+)+`)
)

// text redacts a text.
func (r *redactor) text(s string) string {
	s = mail.ReplaceAllString(gh.Redact(s), "somebody@example.com")
	s = strings.NewReplacer(r.dotted...).Replace(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if other, known := r.people[strings.ToLower(w)]; known {
			return other
		}
		return w
	})
}

package ghtest

import "strings"

// logins are those of users that a list of node ids names.
func (v view) logins(list any) ([]string, error) {
	ids, _ := listArg(list)
	var logins []string
	for _, id := range ids {
		kind, number := parseNodeID(id)
		known := len(logins)
		for _, u := range v.s.users {
			if kind == "U" && u.id == number {
				logins = append(logins, u.login)
			}
		}
		if len(logins) == known {
			return nil, noNode(id)
		}
	}
	return logins, nil
}

func (v view) addAssignees(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["assignableId"], "I", "PR")
	if err != nil {
		return nil, err
	}
	logins, err := v.logins(input["assigneeIds"])
	if err != nil {
		return nil, err
	}
	if r.assign(i, v.c.writer(), logins) && v.c.byApp() {
		r.wrote(Write{Kind: "assign", Number: i.number, Key: strings.Join(logins, ",")})
	}
	return node{"assignable": lazy(func() (any, error) { return v.subject(r, i), nil })}, nil
}

// requestReviews adds to those that are asked: without "union" GitHub would replace them, which nobody here does.
func requestReviews(c *call, r *Repo, i *issue, input map[string]any) error {
	logins, err := view{r.srv, c}.logins(input["userIds"])
	switch {
	case err != nil:
		return err
	case input["union"] != true:
		return &graphqlError{"UNPROCESSABLE", "requestReviews without union is not played here"}
	}
	return c.requestReviews(r, i, logins)
}

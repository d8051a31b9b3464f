package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A view replaces an older one, lists have no details, and an older view changes nothing.
func TestViews(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }})
		at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		put := func(number int, class, text string, at time.Time) {
			t.Helper()
			v := View{Group: "a/b", Number: number, Class: class, At: at, Brief: []byte(text), Detail: []byte(text + " at length")}
			if err := q.PutView(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
		put(1, "open", "one", at)
		put(2, "open", "two", at)
		put(1, "merged", "one, merged", at.Add(time.Minute))
		put(1, "open", "one, late", at.Add(time.Second))
		put(3, "open", "three", at)
		r, err := OpenReader(t.Context(), database, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		v, err := r.View(t.Context(), "a/b", 1)
		if err != nil || v.Class != "merged" || string(v.Detail) != "one, merged at length" || !v.At.Equal(at.Add(time.Minute)) {
			t.Errorf("%+v %v", v, err)
		}
		if v, err := r.View(t.Context(), "a/b", 4); err != nil || !v.At.IsZero() {
			t.Errorf("none: %+v %v", v, err)
		}
		checkViews(t, r)
		if err := q.PutView(t.Context(), View{Group: "", At: at}); err == nil {
			t.Error("a view without a group is stored")
		}
	})
}

// checkViews reads what TestViews stored.
func checkViews(t *testing.T, r *Reader) {
	t.Helper()
	var listed []string
	list := func(v View) error {
		listed = append(listed, fmt.Sprintf("%d %s %t", v.Number, v.Brief, v.Detail == nil))
		return nil
	}
	if err := r.Views(t.Context(), "a/b", "open", list); err != nil || strings.Join(listed, ", ") != "3 three true, 2 two true" {
		t.Errorf("%q %v", listed, err)
	}
	enough := errors.New("enough")
	if err := r.Views(t.Context(), "a/b", "open", func(View) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("%v", err)
	}
	if groups, err := r.Groups(t.Context()); err != nil || groups["a/b"]["open"] != 2 || groups["a/b"]["merged"] != 1 || len(groups) != 1 {
		t.Errorf("%v %v", groups, err)
	}
}

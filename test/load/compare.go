package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// compareAnswers sends each operation once to both servers and tells where the
// answers differ in form: a floor that answers with less would be too low.
func compareAnswers(ctx context.Context, ours, floor *subject) ([]string, error) {
	var differences []string
	for _, op := range operations {
		if op.agent && ours.world.agentTokens == nil {
			continue
		}
		var forms [2]map[string]bool
		for i, s := range []*subject{ours, floor} {
			var answer any
			r := op.request(s.world, 0)
			if err := s.api.do(ctx, r, &answer); err != nil {
				return nil, fmt.Errorf("%s on %s: %w", op.name, s.name, err)
			}
			forms[i] = map[string]bool{}
			form(forms[i], "", answer)
			if r.method == http.MethodPatch {
				// Leave the task as it was: the measurement begins with this move too.
				r.body = moves[len(moves)-1]
				if err := s.api.do(ctx, r, nil); err != nil {
					return nil, fmt.Errorf("%s on %s: %w", op.name, s.name, err)
				}
			}
		}
		for _, path := range slices.Sorted(maps.Keys(forms[0])) {
			if !forms[1][path] {
				differences = append(differences, fmt.Sprintf("%s: the floor has no %s", op.name, path))
			}
		}
		for _, path := range slices.Sorted(maps.Keys(forms[1])) {
			if !forms[0][path] {
				differences = append(differences, fmt.Sprintf("%s: only the floor has %s", op.name, path))
			}
		}
	}
	return differences, nil
}

// form collects the places of an answer, such as items[49].title: the number of
// items counts, their values do not.
func form(into map[string]bool, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			form(into, at+"."+key, value)
		}
	case []any:
		for i, value := range v {
			form(into, fmt.Sprintf("%s[%d]", at, i), value)
		}
	default:
		into[at] = true
	}
}

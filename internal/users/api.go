package users

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"users"}
	shown := map[string]any{"user": exampleUser}
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/auth/bootstrap", Name: "bootstrap_user", Tags: []string{"auth"},
		Summary:          "Sign in",
		Description:      "Answers with the signed-in user. The first call of a new person makes the user, who acts in an organization of their own from then on. Takes no body.",
		Errors:           []httpapi.ErrorDoc{{Status: 401, Detail: "Unauthorized", When: "credentials are missing or wrong", Schema: httpapi.AgentError{}}},
		ResponseExamples: shown,
	}, bootstrapGuard(g), f.show)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/users/me", Name: "get_me", Tags: tag,
		Summary:          "Show the signed-in user",
		Description:      "Answers with the profile of the caller.",
		ResponseExamples: shown,
	}, g.User(), f.show)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/users/me", Name: "update_me", Tags: tag,
		Summary:          "Change the signed-in user",
		Description:      "Changes the fields of the profile that are sent; null clears one. A user of local mode who has no name is called Local User from the next request on.",
		RequestExamples:  changeExamples,
		ResponseExamples: shown,
	}, g.User(), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/users/me", Name: "delete_me", Tags: tag,
		Summary: "Delete the signed-in user",
		Description: "Deletes the account of the caller. Organizations without other members are deleted with everything in them; one that would be without an owner gets the oldest admin, else the oldest member, as owner. " +
			"Signing in again makes a new user. With Clerk the account there is deleted too.",
		Errors:           []httpapi.ErrorDoc{httpapi.Refusal(502, directoryFailed, "Clerk refused, or did not answer; nothing is deleted")},
		ResponseExamples: map[string]any{"deleted": httpapi.Done},
	}, g.Self(), f.remove)
	f.registerTokens(r, g)
}

// bootstrapGuard leaves the documentation of its refusal to the operation: the
// contract names a shape of its own for it.
func bootstrapGuard(g *access.Guards) httpapi.Guard[access.Person] {
	guard := g.User()
	guard.Errors = nil
	return guard
}

type changeInput struct{ Body UserUpdate }

func (f *Feature) show(_ context.Context, p access.Person, _ *httpapi.None) (UserRead, error) {
	return View(p.User), nil
}

func (f *Feature) change(ctx context.Context, p access.Person, in *changeInput) (UserRead, error) {
	return f.Change(ctx, p.User.ID, in.Body)
}

func (f *Feature) remove(ctx context.Context, p access.Person, _ *httpapi.None) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, p.User.ID)
}

var exampleUser = UserRead{
	ClerkUserID: mc.LocalUserSubject, Email: mc.Ref(mc.LocalUserEmail), Name: mc.Ref("Ann Miller"), PreferredName: mc.Ref("Ann"), Pronouns: mc.Ref("she/her"),
	Timezone: mc.Ref("Europe/Paris"), Context: mc.Ref("Runs the billing team."), ID: mc.MustID("77777777-7777-4777-8777-777777777777"),
}

var changeExamples = map[string]any{
	"introduce":     map[string]any{"preferred_name": "Ann", "pronouns": "she/her", "timezone": "Europe/Paris", "context": "Runs the billing team."},
	"clear_a_field": map[string]any{"notes": nil},
}

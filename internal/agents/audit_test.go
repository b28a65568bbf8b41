package agents_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangesOfAgentsAreTold(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ada := f.create(t, fmt.Sprintf(`{"name":"Ada","board_id":%q}`, f.board.ID)).At("id").(string)
		path := "/api/v1/agents/" + ada
		want(t, "a new name", f.Call(f.owner, "PATCH", path, `{"name":"Eve"}`), 200, nil)
		want(t, "a new token", f.Call(f.owner, "PATCH", path+"?force=true", `{}`), 200, nil)
		want(t, "the end", f.Call(f.owner, "DELETE", path, ""), 200, nil)
		script := f.create(t, fmt.Sprintf(`{"name":"Script","board_id":%q,"runtime":"external"}`, f.board.ID)).At("id").(string)
		want(t, "a token", f.Call(f.owner, "POST", "/api/v1/agents/"+script+"/token", ""), 200, nil)
		told := []string{
			"agent.created Ada by user", "agent.changed Ada by user", "agent.token_issued Eve by user", "agent.deleted Eve by user",
			"agent.created Script by user", "agent.token_issued Script by user",
		}
		if diff := cmp.Diff(told, f.Audited()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

package templates

import (
	"fmt"

	"missioncontrol/internal/mc"
)

// WakeMessage is what starts an agent after its files were written.
func WakeMessage(agent mc.Agent, action Action) string {
	done := "provisioned"
	if action == Update {
		done = "updated"
	}
	return fmt.Sprintf("Hello %s. Mission Control has %s your workspace. Start now: read BOOTSTRAP.md first if there is one, then AGENTS.md, and do what they say. "+
		"After startup begin your heartbeats as HEARTBEAT.md describes.", oneLine(agent.Name), done)
}

// CleanupMessage asks the main agent of a gateway to remove what a deleted agent
// left on disk.
func CleanupMessage(deleted mc.Agent, gateway mc.Gateway) string {
	return fmt.Sprintf(`AGENT DELETED: CLEAN UP
Agent name: %s
Agent id: %s
Workspace path: %s

Remove that workspace directory if it still exists, and nothing else. Then answer with exactly NO_REPLY.`,
		oneLine(deleted.Name), deleted.ID, oneLine(mc.WorkspacePath(gateway.WorkspaceRoot, deleted)))
}

package templates

import (
	"maps"
	"strconv"
	"strings"
	"unicode"

	"missioncontrol/internal/mc"
)

// Input is what the files of one agent are made of.
type Input struct {
	Agent    mc.Agent
	Gateway  mc.Gateway
	Board    *mc.Board // nil for a main agent
	User     *mc.User  // whom the agent works for; nil leaves the user's variables empty
	Token    string    // the agent's token in clear
	BaseURL  string    // where agents reach Mission Control
	RoleSoul *RoleSoul // optional, for workers
}

// RoleSoul is a character for the agent's role, from the souls directory.
type RoleSoul struct {
	Markdown  string
	SourceURL string
}

// Variables returns the contract's template variables and their values. An agent
// without board has none of the board's; they are unknown to its templates.
func Variables(in Input) map[string]string {
	values := map[string]string{
		"agent_name":       oneLine(in.Agent.Name),
		"agent_id":         in.Agent.ID.String(),
		"session_key":      sessionKey(in.Agent),
		"base_url":         strings.TrimRight(in.BaseURL, "/"),
		"auth_token":       in.Token,
		"main_session_key": mc.MainSessionKey(in.Gateway.ID),
		"workspace_root":   oneLine(in.Gateway.WorkspaceRoot),
		"is_main_agent":    strconv.FormatBool(in.Agent.IsMain()),
	}
	maps.Copy(values, userVariables(in.User))
	maps.Copy(values, identityVariables(in.Agent))
	if in.Board != nil && !in.Agent.IsMain() {
		maps.Copy(values, boardVariables(*in.Board))
		values["is_board_lead"] = strconv.FormatBool(in.Agent.IsBoardLead)
		values["workspace_path"] = oneLine(mc.WorkspacePath(in.Gateway.WorkspaceRoot, in.Agent))
		values["directory_role_soul_markdown"], values["directory_role_soul_source_url"] = "", ""
		if in.RoleSoul != nil {
			values["directory_role_soul_markdown"] = in.RoleSoul.Markdown
			values["directory_role_soul_source_url"] = oneLine(in.RoleSoul.SourceURL)
		}
	}
	return values
}

func sessionKey(a mc.Agent) string {
	if a.SessionKey != nil && *a.SessionKey != "" {
		return *a.SessionKey
	}
	return mc.SessionKeyOf(a)
}

func userVariables(u *mc.User) map[string]string {
	if u == nil {
		u = &mc.User{}
	}
	display := oneLine(trimmed(u.Name))
	if display == "" {
		display = oneLine(trimmed(u.Email))
	}
	return map[string]string{
		"user_name":           display,
		"user_preferred_name": preferredName(trimmed(u.PreferredName), display),
		"user_pronouns":       oneLine(trimmed(u.Pronouns)),
		"user_timezone":       oneLine(trimmed(u.Timezone)),
		"user_notes":          trimmed(u.Notes),
		"user_context":        trimmed(u.Context),
	}
}

// preferredName is the word by which a person is addressed.
func preferredName(preferred, display string) string {
	if words := strings.Fields(preferred); len(words) > 0 {
		return words[0]
	}
	words := strings.Fields(display)
	if len(words) == 0 {
		return ""
	}
	if local, _, isEmail := strings.Cut(words[0], "@"); isEmail && local != "" {
		return local
	}
	return words[0]
}

func identityVariables(a mc.Agent) map[string]string {
	role := mc.DefaultRole
	if a.IsBoardLead {
		role = mc.IdentityValue(mc.LeadIdentityProfile(), "role", role)
	}
	defaults := map[string]string{
		"role": role, "communication_style": mc.DefaultCommunicationStyle, "emoji": mc.DefaultEmoji,
		"autonomy_level": "", "verbosity": "", "output_format": "", "update_cadence": "",
		"purpose": "", "personality": "", "custom_instructions": "",
	}
	values := make(map[string]string, len(defaults))
	for key, fallback := range defaults {
		values["identity_"+key] = mc.IdentityValue(a.IdentityProfile, key, fallback)
	}
	return values
}

func boardVariables(b mc.Board) map[string]string {
	metrics := "{}"
	if !b.SuccessMetrics.IsNull() {
		metrics = b.SuccessMetrics.Spaced()
	}
	target := ""
	if b.TargetDate != nil {
		target = b.TargetDate.String()
	}
	return map[string]string{
		"board_id":                               b.ID.String(),
		"board_name":                             oneLine(b.Name),
		"board_type":                             oneLine(b.BoardType),
		"board_objective":                        trimmed(b.Objective),
		"board_success_metrics":                  metrics,
		"board_target_date":                      target,
		"board_goal_confirmed":                   strconv.FormatBool(b.GoalConfirmed),
		"board_rule_require_approval_for_done":   strconv.FormatBool(b.RequireApprovalForDone),
		"board_rule_require_review_before_done":  strconv.FormatBool(b.RequireReviewBeforeDone),
		"board_rule_comment_required_for_review": strconv.FormatBool(b.CommentRequiredForReview),
		"board_rule_only_lead_can_change_status": strconv.FormatBool(b.OnlyLeadCanChangeStatus),
		"board_rule_max_agents":                  strconv.Itoa(b.MaxAgents),
		"board_rule_block_status_changes_with_pending_approval": strconv.FormatBool(b.BlockStatusChangesWithPendingApproval),
	}
}

func trimmed(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

// oneLine makes a name or similar one line: a line break in it could otherwise
// forge a setting in TOOLS.md or an instruction in another file.
func oneLine(s string) string {
	isBreak := func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
	return strings.Join(strings.FieldsFunc(s, isBreak), " ")
}

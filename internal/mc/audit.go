package mc

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// AuditAction is what somebody did, as "area.verb".
type AuditAction string

// The actions that are audited.
const (
	AuditOrganizationCreated AuditAction = "organization.created"
	AuditOrganizationRenamed AuditAction = "organization.renamed"
	AuditOrganizationDeleted AuditAction = "organization.deleted"
	AuditMemberJoined        AuditAction = "member.joined"
	AuditMemberRoleChanged   AuditAction = "member.role_changed"
	AuditMemberAccessChanged AuditAction = "member.access_changed"
	AuditMemberRemoved       AuditAction = "member.removed"
	AuditMemberLeft          AuditAction = "member.left"
	AuditInviteCreated       AuditAction = "invite.created"
	AuditInviteAccepted      AuditAction = "invite.accepted"
	AuditInviteRevoked       AuditAction = "invite.revoked"
	AuditGatewayCreated      AuditAction = "gateway.created"
	AuditGatewayChanged      AuditAction = "gateway.changed"
	AuditGatewayDeleted      AuditAction = "gateway.deleted"
	AuditBoardCreated        AuditAction = "board.created"
	AuditBoardChanged        AuditAction = "board.changed"
	AuditBoardDeleted        AuditAction = "board.deleted"
	AuditBoardGroupCreated   AuditAction = "board_group.created"
	AuditBoardGroupChanged   AuditAction = "board_group.changed"
	AuditBoardGroupDeleted   AuditAction = "board_group.deleted"
	AuditAgentCreated        AuditAction = "agent.created"
	AuditAgentChanged        AuditAction = "agent.changed"
	AuditAgentDeleted        AuditAction = "agent.deleted"
	AuditAgentTokenIssued    AuditAction = "agent.token_issued"
	AuditFieldCreated        AuditAction = "custom_field.created"
	AuditFieldChanged        AuditAction = "custom_field.changed"
	AuditFieldDeleted        AuditAction = "custom_field.deleted"
	AuditUserDeleted         AuditAction = "user.deleted"
	AuditWebhookCreated      AuditAction = "webhook.created"
	AuditWebhookChanged      AuditAction = "webhook.changed"
	AuditWebhookDeleted      AuditAction = "webhook.deleted"
	AuditOutboundCreated     AuditAction = "outbound_webhook.created"
	AuditOutboundChanged     AuditAction = "outbound_webhook.changed"
	AuditOutboundDeleted     AuditAction = "outbound_webhook.deleted"
	AuditTokenIssued         AuditAction = "token.issued"
	AuditTokenRevoked        AuditAction = "token.revoked"
	AuditAccountCreated      AuditAction = "account.created"
	AuditAccountLinked       AuditAction = "account.linked"
	AuditPasswordChanged     AuditAction = "account.password_changed"
	AuditPasswordReset       AuditAction = "account.password_reset"
	AuditSkillCreated        AuditAction = "skill.created"
	AuditSkillChanged        AuditAction = "skill.changed"
	AuditSkillDeleted        AuditAction = "skill.deleted"
	AuditSkillInstalled      AuditAction = "skill.installed"
	AuditSkillUninstalled    AuditAction = "skill.uninstalled"
	AuditSkillPackCreated    AuditAction = "skill_pack.created"
	AuditSkillPackChanged    AuditAction = "skill_pack.changed"
	AuditSkillPackDeleted    AuditAction = "skill_pack.deleted"
	AuditSkillPackSynced     AuditAction = "skill_pack.synced"
)

// Area is what kind of thing was acted on: the part before the dot.
func (a AuditAction) Area() string {
	area, _, _ := strings.Cut(string(a), ".")
	return area
}

// AuditTarget is what an action was done to.
type AuditTarget struct {
	OrganizationID *ID // whose log tells of it; nil: that of the installation
	Kind           string
	ID             ID
	Name           string // at the time
}

// AuditTarget is the organization as something that is acted on.
func (o Organization) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &o.ID, Kind: "organization", ID: o.ID, Name: o.Name}
}

// AuditTarget is the membership as something that is acted on; user is whose it is.
func (m Member) AuditTarget(user User) AuditTarget {
	return AuditTarget{OrganizationID: &m.OrganizationID, Kind: "member", ID: m.ID, Name: user.Party().Name}
}

// AuditTarget is the invite as something that is acted on.
func (i Invite) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &i.OrganizationID, Kind: "invite", ID: i.ID, Name: i.InvitedEmail}
}

// AuditTarget is the gateway as something that is acted on.
func (g Gateway) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &g.OrganizationID, Kind: "gateway", ID: g.ID, Name: g.Name}
}

// AuditTarget is the board as something that is acted on.
func (b Board) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &b.OrganizationID, Kind: "board", ID: b.ID, Name: b.Name}
}

// AuditTarget is the board group as something that is acted on.
func (g BoardGroup) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &g.OrganizationID, Kind: "board_group", ID: g.ID, Name: g.Name}
}

// AuditTarget is the agent of an organization as something that is acted on.
func (a Agent) AuditTarget(organization ID) AuditTarget {
	return AuditTarget{OrganizationID: &organization, Kind: "agent", ID: a.ID, Name: a.Name}
}

// AuditTarget is the custom field as something that is acted on.
func (f CustomField) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &f.OrganizationID, Kind: "custom_field", ID: f.ID, Name: f.Key}
}

// AuditTarget is the user as something that is acted on, which is told in the
// log of the installation.
func (u User) AuditTarget() AuditTarget {
	return AuditTarget{Kind: "user", ID: u.ID, Name: u.Party().Name}
}

// AuditEntry is a line of the audit log: who did what to whom, when and from
// where. It is never changed, and names things as they were called then.
type AuditEntry struct {
	ID             ID          `db:"id"`
	OrganizationID *ID         `db:"organization_id"` // nil: concerns the installation
	At             Time        `db:"at"`
	ActorKind      PartyKind   `db:"actor_kind"`
	ActorID        *ID         `db:"actor_id"`
	ActorName      string      `db:"actor_name"`
	Action         AuditAction `db:"action"`
	Area           string      `db:"area"` // of the action, so that an index can find it
	TargetKind     string      `db:"target_kind"`
	TargetID       ID          `db:"target_id"`
	TargetName     string      `db:"target_name"`
	Details        JSON        `db:"details"` // an object, or nothing more to tell
	Address        string      `db:"address"`
	RequestID      string      `db:"request_id"`
}

// NewAuditEntry makes the entry of an action. Details are encoded as they are
// and must not hold secrets.
func NewAuditEntry(o Origin, at Time, action AuditAction, target AuditTarget, details any) AuditEntry {
	return AuditEntry{
		ID: NewID(), OrganizationID: target.OrganizationID, At: at,
		ActorKind: o.Kind, ActorID: o.ID, ActorName: shortened(o.Name, maxAuditName), Action: action, Area: action.Area(),
		TargetKind: target.Kind, TargetID: target.ID, TargetName: shortened(target.Name, maxAuditName), Details: auditDetails(details),
		Address: o.Address, RequestID: o.RequestID,
	}
}

const (
	maxAuditName  = 255  // characters
	maxAuditValue = 1000 // characters of a value in the details
)

func auditDetails(details any) JSON {
	if details == nil {
		return nil
	}
	return JSONOf(details)
}

func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// Differences are the fields that a change touched.
type Differences map[string]Difference

// Difference is what a field was and what it became.
type Difference struct {
	Old any `json:"old"`
	New any `json:"new"`
}

// Note adds a field if its values differ. Long ones are cut.
func (d Differences) Note(field string, before, after any) {
	was, is := JSONOf(before), JSONOf(after)
	if string(was) != string(is) {
		d[field] = Difference{Old: auditValue(was), New: auditValue(is)}
	}
}

// Hide adds a field whose values are secret if they differ: only whether there
// was one, and is one, is told.
func (d Differences) Hide(field string, before, after *string) {
	if !Same(before, after) {
		d[field] = Difference{Old: hidden(before), New: hidden(after)}
	}
}

func hidden(secret *string) any {
	if secret == nil || *secret == "" {
		return nil
	}
	return "(hidden)"
}

// auditValue is a value as the log keeps it: one that would fill the log becomes
// the beginning of its text.
func auditValue(v JSON) any {
	if utf8.RuneCount(v) <= maxAuditValue {
		return v
	}
	var text string
	if json.Unmarshal(v, &text) != nil {
		text = string(v)
	}
	return shortened(text, maxAuditValue)
}

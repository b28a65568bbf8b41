package mc

import (
	"slices"
	"strings"
)

// MemoryEntry is what an entry of a memory holds, whoever shares the memory.
// Entries are never changed.
type MemoryEntry struct {
	ID        ID      `db:"id"`
	Content   string  `db:"content"`
	Tags      JSON    `db:"tags"` // a list of texts as it was sent, empty included, or null
	IsChat    bool    `db:"is_chat"`
	Source    *string `db:"source"`
	CreatedAt Time    `db:"created_at"`
	Seq       int64   `db:"seq"`
}

// BoardMemory is an entry of a board's memory.
type BoardMemory struct {
	BoardID ID `db:"board_id"`
	MemoryEntry
}

// GroupMemory is an entry of the memory that the boards of a group share.
type GroupMemory struct {
	GroupID ID `db:"board_group_id"`
	MemoryEntry
}

// Tags with a meaning.
const (
	TagChat      = "chat"      // said to the agents of the board, or to the leads of the group
	TagBroadcast = "broadcast" // said to all agents of the group
)

// TagList returns the tags; nil when there is no list, which is not the same as
// an empty one.
func (e MemoryEntry) TagList() []string {
	var tags []string
	if e.Tags.IsNull() || e.Tags.Decode(&tags) != nil {
		return nil
	}
	return tags
}

// Author is whoever writes into a memory.
type Author struct {
	AgentID *ID // nil for a person
	Name    string
}

// AgentAuthor is an agent as an author.
func AgentAuthor(a Agent) Author { return Author{AgentID: &a.ID, Name: a.Name} }

// UserAuthor is a person as an author.
func UserAuthor(u User) Author { return Author{Name: u.DisplayName()} }

func (a Author) is(agent ID) bool { return a.AgentID != nil && *a.AgentID == agent }

// MemoryDraft is what a client sends to add an entry.
type MemoryDraft struct {
	Content string        `json:"content" trim:"true" minLength:"1" doc:"Text or Markdown, kept as it is but for blanks around it."`
	Tags    Opt[[]string] `json:"tags" doc:"With chat the entry is said to agents; with broadcast, in the memory of a group, to all of them."`
	Source  Opt[string]   `json:"source" doc:"Who or what the entry comes from. Where it is left out, entries that are said to agents carry the author's name."`
}

func (d MemoryDraft) tagged(tag string) bool {
	tags, _ := d.Tags.Get()
	return slices.Contains(tags, tag)
}

// ForBoard makes the entry of a board.
func (d MemoryDraft) ForBoard(board ID, author Author, now Time) BoardMemory {
	return BoardMemory{BoardID: board, MemoryEntry: d.entry(author, now, d.tagged(TagChat))}
}

// ForGroup makes the entry of a board group.
func (d MemoryDraft) ForGroup(group ID, author Author, now Time) GroupMemory {
	return GroupMemory{GroupID: group, MemoryEntry: d.entry(author, now, d.GroupAudience() != AudienceNone)}
}

// entry makes the entry. One that is said to agents always says by whom.
func (d MemoryDraft) entry(author Author, now Time, said bool) MemoryEntry {
	e := MemoryEntry{ID: NewID(), Content: d.Content, IsChat: d.tagged(TagChat), Source: d.Source.Ptr(), CreatedAt: now}
	if tags, sent := d.Tags.Get(); sent {
		e.Tags = JSONOf(tags)
	}
	if said && (e.Source == nil || *e.Source == "") {
		e.Source = &author.Name
	}
	return e
}

// Audience is who hears an entry of a group's memory.
type Audience int

// The audiences.
const (
	AudienceNone      Audience = iota
	AudienceMentioned          // the leads, and whoever is mentioned
	AudienceAll
)

// GroupAudience says who hears the draft in the memory of a group. A mention
// alone, other than of everybody, reaches nobody.
func (d MemoryDraft) GroupAudience() Audience {
	switch {
	case d.tagged(TagBroadcast) || Mentions(d.Content).Has(AllHandle):
		return AudienceAll
	case d.tagged(TagChat):
		return AudienceMentioned
	}
	return AudienceNone
}

// Commands to all agents of a board, given in its chat.
const (
	CommandPause  = "/pause"
	CommandResume = "/resume"
)

// ChatCommand returns the command that a chat entry is; empty for none. A
// command stands alone, in any case.
func ChatCommand(content string) string {
	switch word := strings.ToLower(strings.TrimSpace(content)); word {
	case CommandPause, CommandResume:
		return word
	}
	return ""
}

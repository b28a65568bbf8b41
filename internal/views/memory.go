package views

import "missioncontrol/internal/mc"

// BoardMemoryRead is an entry of a board's memory as clients see it.
type BoardMemoryRead struct {
	ID        mc.ID     `json:"id"`
	BoardID   mc.ID     `json:"board_id"`
	Content   string    `json:"content"`
	Tags      *[]string `json:"tags"`
	Source    *string   `json:"source" doc:"Who or what the entry comes from, as the author said; for chat the author's name by default."`
	IsChat    bool      `json:"is_chat" default:"false" doc:"Whether it was said to agents, by the tag chat."`
	CreatedAt mc.Time   `json:"created_at"`
}

// BoardGroupMemoryRead is an entry of a board group's memory as clients see it.
type BoardGroupMemoryRead struct {
	ID           mc.ID     `json:"id"`
	BoardGroupID mc.ID     `json:"board_group_id"`
	Content      string    `json:"content"`
	Tags         *[]string `json:"tags"`
	Source       *string   `json:"source" doc:"Who or what the entry comes from, as the author said; for chat and broadcasts the author's name by default."`
	IsChat       bool      `json:"is_chat" default:"false" doc:"Whether it was said to the group, by the tag chat. A broadcast is no chat."`
	CreatedAt    mc.Time   `json:"created_at"`
}

// BoardMemory shows an entry of a board's memory.
func BoardMemory(m mc.BoardMemory) BoardMemoryRead {
	return BoardMemoryRead{ID: m.ID, BoardID: m.BoardID, Content: m.Content, Tags: memoryTags(m.MemoryEntry), Source: m.Source, IsChat: m.IsChat, CreatedAt: m.CreatedAt}
}

// GroupMemory shows an entry of a board group's memory.
func GroupMemory(m mc.GroupMemory) BoardGroupMemoryRead {
	return BoardGroupMemoryRead{
		ID: m.ID, BoardGroupID: m.GroupID, Content: m.Content, Tags: memoryTags(m.MemoryEntry), Source: m.Source, IsChat: m.IsChat, CreatedAt: m.CreatedAt,
	}
}

// BoardMemories shows entries of a board's memory.
func BoardMemories(entries []mc.BoardMemory) []BoardMemoryRead { return Each(entries, BoardMemory) }

// GroupMemories shows entries of a board group's memory.
func GroupMemories(entries []mc.GroupMemory) []BoardGroupMemoryRead {
	return Each(entries, GroupMemory)
}

func memoryTags(e mc.MemoryEntry) *[]string {
	tags := e.TagList()
	if tags == nil {
		return nil
	}
	return &tags
}

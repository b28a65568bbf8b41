package mc

import "strings"

// MemoryMessage is what one agent is told of an entry of a memory.
type MemoryMessage struct {
	To      Agent
	Text    string
	Deliver bool // also to the channels the agent is connected to
}

// chatLimit is the length to which messages cut what was said.
const chatLimit = 800

// ChatMessages says what the agents of a board are told of an entry of its
// memory. A command goes to all of them as it is. Other chat goes to the lead,
// and to whom it mentions. Nobody is told of its own words, and nobody of
// entries that are no chat.
func ChatMessages(m BoardMemory, board Board, author Author, agents []Agent, baseURL string) []MemoryMessage {
	if !m.IsChat {
		return nil
	}
	command, handles := ChatCommand(m.Content), Mentions(m.Content)
	var told []MemoryMessage
	for _, a := range agents {
		mentioned := handles.Reach(a)
		switch {
		case author.is(a.ID):
		case command != "":
			told = append(told, MemoryMessage{To: a, Text: command, Deliver: true})
		case mentioned || a.IsBoardLead:
			first := "BOARD CHAT"
			if mentioned {
				first = "BOARD CHAT MENTION"
			}
			said := said{first: first, place: "Board: " + board.Name, author: author, content: m.Content}
			told = append(told, MemoryMessage{To: a, Text: said.message("Answer in the board's chat:", baseURL+"/api/v1/agent/boards/"+board.ID.String()+"/memory")})
		}
	}
	return told
}

// GroupMessages says what the agents on the boards of a group are told of an
// entry of its memory. Leads are leads here, whatever board they lead.
func GroupMessages(m GroupMemory, audience Audience, group BoardGroup, author Author, agents []Agent, baseURL string) []MemoryMessage {
	if audience == AudienceNone {
		return nil
	}
	handles := Mentions(m.Content)
	var told []MemoryMessage
	for _, a := range agents {
		if a.BoardID == nil || author.is(a.ID) {
			continue
		}
		var first string
		switch {
		case audience == AudienceAll:
			first = "GROUP BROADCAST"
		case handles.Reach(a):
			first = "GROUP CHAT MENTION"
		case a.IsBoardLead:
			first = "GROUP CHAT"
		default:
			continue
		}
		said := said{first: first, place: "Group: " + group.Name, author: author, content: m.Content}
		told = append(told, MemoryMessage{To: a, Text: said.message("Answer in the group's chat:", baseURL+"/api/v1/boards/"+a.BoardID.String()+"/group-memory")})
	}
	return told
}

// said is something that was said to agents.
type said struct {
	first, place string
	author       Author
	content      string
}

// message tells an agent what was said and where to answer.
func (s said) message(heading, address string) string {
	return strings.Join([]string{
		s.first,
		s.place,
		"From: " + s.author.Name,
		"",
		Snippet(s.content, chatLimit),
		"",
		heading,
		"POST " + address,
		`{"content":"...","tags":["chat"]}`,
	}, "\n")
}

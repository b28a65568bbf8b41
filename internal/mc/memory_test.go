package mc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSourceOfAnEntry(t *testing.T) {
	t.Parallel()
	tags := func(tags ...string) Opt[[]string] { return Set(tags) }
	ann := UserAuthor(User{PreferredName: Ref("Ann"), Name: Ref("Ann Miller")})
	for name, tc := range map[string]struct {
		draft        MemoryDraft
		board, group *string // the source of the entry there
		chat         bool
	}{
		"a note has none":                     {MemoryDraft{Content: "x"}, nil, nil, false},
		"tags without a meaning":              {MemoryDraft{Content: "x", Tags: tags("Chat", "chats", " chat")}, nil, nil, false},
		"chat":                                {MemoryDraft{Content: "x", Tags: tags("a", "chat")}, Ref("Ann"), Ref("Ann"), true},
		"chat with a source":                  {MemoryDraft{Content: "x", Tags: tags("chat"), Source: Set("Bot")}, Ref("Bot"), Ref("Bot"), true},
		"chat with an empty source":           {MemoryDraft{Content: "x", Tags: tags("chat"), Source: Set("")}, Ref("Ann"), Ref("Ann"), true},
		"chat with a blank one":               {MemoryDraft{Content: "x", Tags: tags("chat"), Source: Set(" ")}, Ref(" "), Ref(" "), true},
		"chat with null":                      {MemoryDraft{Content: "x", Tags: tags("chat"), Source: Null[string]()}, Ref("Ann"), Ref("Ann"), true},
		"a note with an empty source":         {MemoryDraft{Content: "x", Source: Set("")}, Ref(""), Ref(""), false},
		"broadcast means something in groups": {MemoryDraft{Content: "x", Tags: tags("broadcast")}, nil, Ref("Ann"), false},
		"so does a mention of all":            {MemoryDraft{Content: "x @ALL"}, nil, Ref("Ann"), false},
		"but not of others":                   {MemoryDraft{Content: "x @lead @allan"}, nil, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			board, group := tc.draft.ForBoard(boardID, ann, now), tc.draft.ForGroup(depID, ann, now)
			if diff := cmp.Diff([]*string{tc.board, tc.group}, []*string{board.Source, group.Source}); diff != "" {
				t.Errorf("sources on board and in group (-want +got):\n%s", diff)
			}
			if board.IsChat != tc.chat || group.IsChat != tc.chat || board.BoardID != boardID || group.GroupID != depID || board.CreatedAt != now {
				t.Errorf("entries %+v and %+v", board, group)
			}
		})
	}
}

func TestTagsAreKeptAsSent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sent   Opt[[]string]
		stored string
		list   []string
	}{
		"absent":        {Opt[[]string]{}, "", nil},
		"null":          {Null[[]string](), "", nil},
		"empty":         {Set([]string{}), `[]`, []string{}},
		"twice and odd": {Set([]string{"b", "a", "b", "<i>&"}), `["b","a","b","<i>&"]`, []string{"b", "a", "b", "<i>&"}},
	} {
		e := MemoryDraft{Content: "x", Tags: tc.sent}.ForBoard(boardID, Author{}, now)
		if e.Tags.IsNull() {
			e.Tags = nil // as it is stored
		}
		if diff := cmp.Diff(tc.list, e.TagList()); string(e.Tags) != tc.stored || diff != "" {
			t.Errorf("%s: stored %q, list (-want +got):\n%s", name, e.Tags, diff)
		}
	}
	if got := (MemoryEntry{Tags: JSON(`{"odd":1}`)}).TagList(); got != nil {
		t.Errorf("tags that are no list: %v", got)
	}
}

func TestDisplayName(t *testing.T) {
	t.Parallel()
	for want, u := range map[string]User{
		"Ann":        {PreferredName: Ref("Ann"), Name: Ref("Ann Miller")},
		"Ann Miller": {PreferredName: Ref(""), Name: Ref("Ann Miller")},
		"User":       {Name: Ref(""), Email: Ref("ann@example.com")},
	} {
		if got := u.DisplayName(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestChatCommand(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"/pause": "/pause", " /PAUSE\n": "/pause", "/Resume": "/resume",
		"/pause now": "", "please /pause": "", "pause": "", "//pause": "", "/stop": "", "": "",
	} {
		if got := ChatCommand(content); got != want {
			t.Errorf("%q is %q, want %q", content, got, want)
		}
	}
}

// heard lists who is told, each with the first line of the message.
func heard(messages []MemoryMessage) map[string]string {
	list := map[string]string{}
	for _, m := range messages {
		first, _, _ := strings.Cut(m.Text, "\n")
		if m.Deliver {
			first += " delivered"
		}
		list[m.To.Name] = first
	}
	return list
}

func TestWhoHearsBoardChat(t *testing.T) {
	t.Parallel()
	board := Board{ID: boardID, Name: "Alpha"}
	named := Agent{ID: taskID, BoardID: &boardID, Name: "Lead"} // a worker who is only called so
	agents := []Agent{lead, wanda, walt, named}
	person := Author{Name: "Ann"}
	for name, tc := range map[string]struct {
		content string
		author  Author
		note    bool
		want    map[string]string
	}{
		"plain":                         {content: "hello", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT"}},
		"no chat":                       {content: "hello @walt @lead", author: person, note: true, want: map[string]string{}},
		"a mention":                     {content: "hey @WALT!", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT", "Walt": "BOARD CHAT MENTION"}},
		"by the first word of the name": {content: "@wanda", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT", "Wanda Worker": "BOARD CHAT MENTION"}},
		"not by another word":           {content: "@worker", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT"}},
		"the lead":                      {content: "@lead", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT MENTION"}},
		"a worker's words":              {content: "done @wanda", author: AgentAuthor(wanda), want: map[string]string{"Lead Agent": "BOARD CHAT"}},
		"the lead's words":              {content: "@lead and @walt", author: AgentAuthor(lead), want: map[string]string{"Walt": "BOARD CHAT MENTION"}},
		"a main agent's words":          {content: "hi", author: AgentAuthor(main), want: map[string]string{"Lead Agent": "BOARD CHAT"}},
		"a command": {content: " /PAUSE ", author: person, want: map[string]string{
			"Lead Agent": "/pause delivered", "Wanda Worker": "/pause delivered", "Walt": "/pause delivered", "Lead": "/pause delivered",
		}},
		"a command of the lead": {content: "/resume", author: AgentAuthor(lead), want: map[string]string{
			"Wanda Worker": "/resume delivered", "Walt": "/resume delivered", "Lead": "/resume delivered",
		}},
		"a command in a note":  {content: "/pause", author: person, note: true, want: map[string]string{}},
		"more than a command":  {content: "/pause now", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT"}},
		"all mean nobody here": {content: "@all", author: person, want: map[string]string{"Lead Agent": "BOARD CHAT"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := BoardMemory{BoardID: boardID, MemoryEntry: MemoryEntry{Content: tc.content, IsChat: !tc.note}}
			if diff := cmp.Diff(tc.want, heard(ChatMessages(m, board, tc.author, agents, "http://mc"))); diff != "" {
				t.Errorf("who hears it (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhoHearsGroupMemory(t *testing.T) {
	t.Parallel()
	otherLead := Agent{ID: depID, BoardID: &otherBoardID, Name: "Lena", IsBoardLead: true}
	agents := []Agent{lead, wanda, otherLead, alien, main}
	person := Author{Name: "Ann"}
	everybody := map[string]string{"Lead Agent": "GROUP BROADCAST", "Wanda Worker": "GROUP BROADCAST", "Lena": "GROUP BROADCAST", "Alien": "GROUP BROADCAST"}
	for name, tc := range map[string]struct {
		content, tag string
		author       Author
		want         map[string]string
	}{
		"a note":                 {"hello", "", person, map[string]string{}},
		"a mention is no chat":   {"@alien", "", person, map[string]string{}},
		"chat":                   {"hello", "chat", person, map[string]string{"Lead Agent": "GROUP CHAT", "Lena": "GROUP CHAT"}},
		"chat with a mention":    {"@alien", "chat", person, map[string]string{"Lead Agent": "GROUP CHAT", "Lena": "GROUP CHAT", "Alien": "GROUP CHAT MENTION"}},
		"all leads":              {"@lead", "chat", person, map[string]string{"Lead Agent": "GROUP CHAT MENTION", "Lena": "GROUP CHAT MENTION"}},
		"a lead's words":         {"hi", "chat", AgentAuthor(lead), map[string]string{"Lena": "GROUP CHAT"}},
		"broadcast":              {"hi", "broadcast", person, everybody},
		"a mention of all":       {"wake up @all", "", person, everybody},
		"chat to all":            {"@all @lead", "chat", person, everybody},
		"a broadcast of one":     {"hi", "broadcast", AgentAuthor(alien), map[string]string{"Lead Agent": "GROUP BROADCAST", "Wanda Worker": "GROUP BROADCAST", "Lena": "GROUP BROADCAST"}},
		"commands mean nothing":  {"/pause", "chat", person, map[string]string{"Lead Agent": "GROUP CHAT", "Lena": "GROUP CHAT"}},
		"tags are told by case":  {"hi", "Broadcast", person, map[string]string{}},
		"handles have their end": {"@allan", "", person, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draft := MemoryDraft{Content: tc.content}
			if tc.tag != "" {
				draft.Tags = Set([]string{tc.tag})
			}
			m := draft.ForGroup(taskID, tc.author, now)
			if diff := cmp.Diff(tc.want, heard(GroupMessages(m, draft.GroupAudience(), BoardGroup{Name: "Team"}, tc.author, agents, "http://mc"))); diff != "" {
				t.Errorf("who hears it (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatAgentsAreTold(t *testing.T) {
	t.Parallel()
	draft := MemoryDraft{Content: "zq-hi\n**two** lines", Tags: Set([]string{TagChat}), Source: Set("somebody else")}
	ann := Author{Name: "Ann"}
	chat := ChatMessages(draft.ForBoard(boardID, ann, now), Board{ID: boardID, Name: "Alpha"}, ann, []Agent{lead}, "http://mc:8000")
	group := GroupMessages(draft.ForGroup(taskID, ann, now), draft.GroupAudience(), BoardGroup{Name: "Team"}, ann, []Agent{{Name: "Lena", BoardID: &otherBoardID, IsBoardLead: true}}, "http://mc:8000")
	if diff := cmp.Diff([]string{
		"BOARD CHAT\nBoard: Alpha\nFrom: Ann\n\nzq-hi\n**two** lines\n\nAnswer in the board's chat:\n" +
			"POST http://mc:8000/api/v1/agent/boards/11111111-1111-4111-8111-111111111111/memory\n" + `{"content":"...","tags":["chat"]}`,
		"GROUP CHAT\nGroup: Team\nFrom: Ann\n\nzq-hi\n**two** lines\n\nAnswer in the group's chat:\n" +
			"POST http://mc:8000/api/v1/boards/11111111-1111-4111-8111-222222222222/group-memory\n" + `{"content":"...","tags":["chat"]}`,
	}, []string{chat[0].Text, group[0].Text}); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestLongWordsAreCutInMessages(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ content, want string }{
		"at the limit":           {strings.Repeat("ü", 800), strings.Repeat("ü", 800)},
		"one more":               {strings.Repeat("ü", 801), strings.Repeat("ü", 797) + "..."},
		"mentions count in full": {strings.Repeat("x", 900) + " @walt", strings.Repeat("x", 797) + "..."},
	} {
		m := BoardMemory{MemoryEntry: MemoryEntry{Content: tc.content, IsChat: true}}
		told := ChatMessages(m, Board{}, Author{}, []Agent{lead, walt}, "")
		if lines := strings.Split(told[0].Text, "\n"); lines[4] != tc.want || m.Content != tc.content {
			t.Errorf("%s: %d characters", name, len([]rune(lines[4])))
		}
		if _, ok := heard(told)["Walt"]; ok != strings.Contains(tc.content, "@walt") {
			t.Errorf("%s: %v", name, heard(told))
		}
	}
}

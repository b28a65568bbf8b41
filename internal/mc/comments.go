package mc

import "strings"

// CommentRecipient is an agent that is told of a comment.
type CommentRecipient struct {
	Agent     Agent
	Mentioned bool
}

// CommentRecipients says who is told of a comment: the agents of the board that
// it mentions, or the assignee when it has no handle at all. A text whose
// handles reach nobody tells nobody, and nobody is told of its own words.
// Assignee is the task's agent, nil for none; it need not be of the board.
func CommentRecipients(text string, author TaskActor, boardAgents []Agent, assignee *Agent) []CommentRecipient {
	handles := Mentions(text)
	if len(handles) == 0 {
		if assignee == nil || author.is(assignee.ID) {
			return nil
		}
		return []CommentRecipient{{Agent: *assignee}}
	}
	var told []CommentRecipient
	for _, a := range boardAgents {
		if handles.Reach(a) && !author.is(a.ID) {
			told = append(told, CommentRecipient{Agent: a, Mentioned: true})
		}
	}
	return told
}

// CheckLeadComment says whether a lead may comment on a task: in review, on
// tasks that it made, or where a comment so far mentions it. Mentioned is asked
// only when it decides; its error is returned as it is.
func CheckLeadComment(task Task, lead Agent, mentioned func() (bool, error)) error {
	if task.Status == StatusReview || task.CreatedByLead(lead.ID) {
		return nil
	}
	if ok, err := mentioned(); err != nil || ok {
		return err
	}
	return Forbidden("Board leads can only comment during review, when mentioned, or on tasks they created.")
}

// CommentMessage is what an agent is told of a comment on a task. The task's
// assignee need not be the recipient.
func CommentMessage(board string, task Task, author TaskActor, text string, to CommentRecipient) string {
	first, sentence := "NEW TASK COMMENT", "There is a new comment on a task of yours."
	if to.Mentioned {
		first, sentence = "TASK MENTION", "You are mentioned in this comment."
	}
	from := "User"
	if author.Agent != nil {
		from = author.Agent.Name
	}
	return strings.Join([]string{
		first,
		"Board: " + board,
		"Task: " + task.Title,
		"Task ID: " + task.ID.String(),
		"From: " + from,
		"",
		sentence,
		"",
		"Comment:",
		Snippet(text, SnippetLimit),
		"",
		"If you are mentioned but the task is not assigned to you: answer in its thread, and leave its status as it is.",
	}, "\n")
}

package mc

// EventType names what an activity event tells.
type EventType string

// Types of activity events.
const (
	EventTaskCreated              EventType = "task.created"
	EventTaskUpdated              EventType = "task.updated"
	EventTaskStatusChanged        EventType = "task.status_changed"
	EventTaskComment              EventType = "task.comment"
	EventAssigneeWoken            EventType = "task.assignee_woken"
	EventAssigneeNotified         EventType = "task.assignee_notified"
	EventAssigneeNotifyFailed     EventType = "task.assignee_notify_failed"
	EventReworkNotified           EventType = "task.rework_notified"
	EventReworkNotifyFailed       EventType = "task.rework_notify_failed"
	EventLeadNotified             EventType = "task.lead_notified"
	EventLeadNotifyFailed         EventType = "task.lead_notify_failed"
	EventLeadUnassignedNotified   EventType = "task.lead_unassigned_notified"
	EventLeadUnassignedFailed     EventType = "task.lead_unassigned_notify_failed"
	EventAgentHeartbeat           EventType = "agent.heartbeat"
	EventAgentProvisioned         EventType = "agent.provision.direct"
	EventAgentProvisionFailed     EventType = "agent.provision.failed"
	EventAgentUpdated             EventType = "agent.update.direct"
	EventAgentUpdateFailed        EventType = "agent.update.failed"
	EventAgentWakeupSent          EventType = "agent.wakeup.sent"
	EventAgentDeleted             EventType = "agent.delete.direct"
	EventAgentDeleteFailed        EventType = "agent.delete.failed"
	EventNudgeSent                EventType = "agent.nudge.sent"
	EventNudgeFailed              EventType = "agent.nudge.failed"
	EventSoulUpdated              EventType = "agent.soul.updated"
	EventSoulUpdateFailed         EventType = "agent.soul.update_failed"
	EventAskUserSent              EventType = "gateway.lead.ask_user.sent"
	EventAskUserFailed            EventType = "gateway.lead.ask_user.failed"
	EventBoardLeadNotified        EventType = "board.lead_notified"
	EventBoardLeadNotifyFailed    EventType = "board.lead_notify_failed"
	EventApprovalLeadNotified     EventType = "approval.lead_notified"
	EventApprovalLeadNotifyFailed EventType = "approval.lead_notify_failed"
)

// ActivityEvent is a row of the activity log. Comments on tasks are events of
// type task.comment, their text is the message.
type ActivityEvent struct {
	ID          ID        `db:"id"`
	Type        EventType `db:"event_type"`
	Message     *string   `db:"message"`
	AgentID     *ID       `db:"agent_id"`
	TaskID      *ID       `db:"task_id"`
	BoardID     *ID       `db:"board_id"`
	ActorUserID *ID       `db:"actor_user_id"` // the person who acted
	CreatedAt   Time      `db:"created_at"`
	Seq         int64     `db:"seq"` // order of commits; id of the event on streams
}

// DeliveryState is how far a message to an agent has come.
type DeliveryState string

// The states of a delivery. Queued is the only one that is not final.
const (
	DeliveryQueued  DeliveryState = "queued"
	DeliverySent    DeliveryState = "sent"
	DeliveryFailed  DeliveryState = "failed"
	DeliveryExpired DeliveryState = "expired"
)

// Delivery is a message to an agent on its way: written in the transaction of
// what it tells, sent by a job, in the order of Seq per agent.
type Delivery struct {
	ID         ID            `db:"id"`
	Seq        int64         `db:"seq"`
	AgentID    ID            `db:"agent_id"`
	GatewayID  ID            `db:"gateway_id"`
	SessionKey string        `db:"session_key"`
	Label      string        `db:"label"`
	Message    string        `db:"message"`
	Deliver    bool          `db:"deliver"`
	State      DeliveryState `db:"state"`
	Attempts   int           `db:"attempts"`
	LastError  *string       `db:"last_error"`
	// What is recorded once the message was sent, or failed for the first time; empty: nothing.
	SentType      EventType `db:"sent_event_type"`
	SentMessage   string    `db:"sent_event_message"`
	FailedType    EventType `db:"failed_event_type"`
	FailedMessage string    `db:"failed_event_message"` // the error is appended
	TaskID        *ID       `db:"task_id"`
	BoardID       *ID       `db:"board_id"`
	CreatedAt     Time      `db:"created_at"`
	UpdatedAt     Time      `db:"updated_at"`
	SentAt        *Time     `db:"sent_at"`
	// NextAttemptAt is when a message that could not be sent is tried again. While a
	// try is under way it lies ahead, which keeps other workers away.
	NextAttemptAt *Time `db:"next_attempt_at"`
}

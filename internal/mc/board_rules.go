package mc

// NeedsGateway reports whether the board cannot be without a gateway.
func (b Board) NeedsGateway() bool { return b.Runtime != RuntimeExternal }

// CheckConfirmedGoal refuses a confirmed goal board that lacks objective or
// success metrics.
func (b Board) CheckConfirmedGoal() error {
	if b.BoardType == BoardTypeGoal && b.GoalConfirmed && !b.HasGoal() {
		return Invalid("Confirmed goal boards require objective and success_metrics", "body")
	}
	return nil
}

func descriptionRequired() error { return Invalid("description is required", "body") }

func gatewayRequired() error { return Invalid("gateway_id is required", "body") }

// The refusals of a board's gateway and group, after they were looked up.

// GatewayInvalid is for a gateway that the organization does not have.
func GatewayInvalid() error { return Unprocessable("gateway_id is invalid") }

// GatewayWithoutMain is for a gateway without a main agent.
func GatewayWithoutMain() error {
	return Unprocessable("gateway must have a gateway main agent before boards can be created or updated")
}

// GroupInvalid is for a group that the organization does not have.
func GroupInvalid() error { return Unprocessable("board_group_id is invalid") }

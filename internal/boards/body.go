package boards

import (
	"math"

	"missioncontrol/internal/mc"
)

// BoardCreate is the body that makes a board.
type BoardCreate struct{ mc.BoardDraft }

// BoardUpdate is the body that changes a board.
type BoardUpdate struct{ mc.BoardChange }

// Validate refuses what no board can be.
func (b BoardCreate) Validate() error {
	if err := checkMaxAgents(b.MaxAgents); err != nil {
		return err
	}
	return b.BoardDraft.Validate()
}

// Validate refuses what no board can become.
func (b BoardUpdate) Validate() error {
	if n, ok := b.MaxAgents.Get(); ok {
		if err := checkMaxAgents(n); err != nil {
			return err
		}
	}
	return b.BoardChange.Validate()
}

// checkMaxAgents keeps the number within what every database can hold. The
// contract's schema names no greatest value.
func checkMaxAgents(n int) error {
	if n <= math.MaxInt32 {
		return nil
	}
	return &mc.Error{Kind: mc.KindInvalid, Fields: []mc.FieldError{{
		Type: "less_than_equal", Loc: []any{"body", "max_agents"}, Msg: "Input should be less than or equal to 2147483647", Input: n, Ctx: map[string]any{"le": math.MaxInt32},
	}}}
}

package access

import "missioncontrol/internal/mc"

// Concerns lists whose access a person's depends on.
func (p Person) Concerns() []mc.ID { return []mc.ID{p.User.ID, p.Member.OrganizationID} }

// Concerns lists whose access the caller's depends on.
func (a Actor) Concerns() []mc.ID {
	if a.Person != nil {
		return a.Person.Concerns()
	}
	return []mc.ID{a.Agent.ID}
}

// Concerns lists whose access that to the board depends on. The organization
// that a person acts in plays no part.
func (b Board) Concerns() []mc.ID {
	caller := b.Actor.Concerns()[0]
	return []mc.ID{caller, b.Board.ID, b.Board.OrganizationID}
}

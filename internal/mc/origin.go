package mc

import "context"

// PartyKind is what kind of party acts.
type PartyKind string

// The kinds of parties. Whatever nobody asked for at the moment, such as the
// work of a job, is done by the system.
const (
	PartyUser   PartyKind = "user"
	PartyAgent  PartyKind = "agent"
	PartyToken  PartyKind = "token" // a key that a person made for a program
	PartySystem PartyKind = "system"
)

// Values lists the kinds, for validation and documentation.
func (PartyKind) Values() []string {
	return []string{string(PartyUser), string(PartyAgent), string(PartyToken), string(PartySystem)}
}

// Party is who acts, by the name they have at the time.
type Party struct {
	Kind PartyKind
	ID   *ID // nil: the system
	Name string
}

// Origin is who causes what happens in a context, and by which request.
type Origin struct {
	Party
	Address   string // of the client; "" outside of requests
	RequestID string // "" outside of requests
}

type originKey struct{}

// WithOrigin returns a context in which everything is caused by o.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns what a context was given by WithOrigin, or the system.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	if o.Kind == "" {
		o.Kind = PartySystem
	}
	return o
}

// Party is the user as somebody who acts: by name or, without one, by e-mail.
func (u User) Party() Party {
	p := Party{Kind: PartyUser, ID: &u.ID}
	for _, name := range []*string{u.Name, u.Email} {
		if p.Name == "" && name != nil {
			p.Name = *name
		}
	}
	return p
}

// Party is the agent as somebody who acts.
func (a Agent) Party() Party { return Party{Kind: PartyAgent, ID: &a.ID, Name: a.Name} }

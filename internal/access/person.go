package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// directory is implemented by ways of signing in whose provider knows more of
// people than their credentials tell. It may take a few seconds.
type directory interface {
	Complete(ctx context.Context, id auth.Identity) auth.Identity
}

// person finds out which user calls. The ordinary case is one query; a user
// who is new, incomplete or without an active organization is set right first.
func (g *Guards) person(r *http.Request) (*Person, error) {
	p, err := g.caller(r)
	if err != nil {
		return nil, err
	}
	return p, p.reaches(scopeOf(r.Method))
}

func (g *Guards) caller(r *http.Request) (*Person, error) {
	if tok := auth.AccessToken(r); tok != "" {
		return g.holder(r.Context(), tok)
	}
	identity, err := g.signIn.Authenticate(r)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	session, found, err := g.store.SessionOf(ctx, identity.Subject)
	if err != nil {
		return nil, err
	}
	if httpapi.AskedAgain(ctx) {
		if !found {
			return nil, mc.Unauthorized()
		}
		return &Person{User: session.User, Member: session.Member, Session: identity.Session}, nil
	}
	if d, ok := g.signIn.(directory); ok && (blank(session.User.Email) || blank(session.User.Name)) {
		identity = d.Complete(ctx, identity)
	}
	if !found || outdated(session.User, identity) {
		if session, err = g.welcome(ctx, identity); err != nil {
			return nil, err
		}
	}
	return &Person{User: session.User, Member: session.Member, Session: identity.Session}, nil
}

// outdated reports whether an identity tells of a user what is not stored yet.
func outdated(u mc.User, id auth.Identity) bool { return updated(u, id) != u }

// updated is a user with what an identity tells of them: what is missing and, if
// the provider's word counts for more, another address.
func updated(u mc.User, id auth.Identity) mc.User {
	replaces := id.EmailRules && !mc.Same(id.Email, u.Email)
	if !blank(id.Email) && (blank(u.Email) || replaces) {
		u.Email, u.EmailVerified = id.Email, false
	}
	if blank(u.Name) && !blank(id.Name) {
		u.Name = id.Name
	}
	u.EmailVerified = u.EmailVerified || vouchedFor(u, id)
	return u
}

// vouchedFor reports whether the address of a user was shown to be theirs.
func vouchedFor(u mc.User, id auth.Identity) bool {
	return id.EmailVerified && !blank(id.Email) && !blank(u.Email) && mc.NormalizeEmail(*id.Email) == mc.NormalizeEmail(*u.Email)
}

func blank(s *string) bool { return s == nil || *s == "" }

// welcome makes sure that the user exists, has email and name as far as known,
// and acts in an organization.
func (g *Guards) welcome(ctx context.Context, id auth.Identity) (s store.Session, err error) {
	err = g.store.Write(ctx, func(tx *store.Tx) error {
		// The user of a session was made before it: who is gone stays gone.
		if id.Session == nil {
			if err := tx.EnsureUser(ctx, mc.User{ID: mc.NewID(), ClerkUserID: id.Subject, Email: id.Email, EmailVerified: id.EmailVerified, Name: id.Name}); err != nil {
				return err
			}
		}
		user, err := tx.UserBySubject(ctx, id.Subject)
		if mc.KindOf(err) == mc.KindNotFound {
			return mc.Unauthorized()
		}
		if err != nil {
			return err
		}
		user = updated(user, id)
		member, err := activeMember(ctx, tx, user)
		if err != nil {
			return err
		}
		user.ActiveOrganizationID = &member.OrganizationID
		s = store.Session{User: user, Member: member}
		return tx.UpdateUser(ctx, user)
	})
	return s, err
}

// activeMember returns the membership a user acts in: of the active
// organization, else the oldest one, else one that an invite gives, else that of
// a new personal organization.
func activeMember(ctx context.Context, tx *store.Tx, user mc.User) (mc.Member, error) {
	if user.ActiveOrganizationID != nil {
		m, err := tx.Member(ctx, *user.ActiveOrganizationID, user.ID)
		if mc.KindOf(err) != mc.KindNotFound {
			return m, err
		}
	}
	m, err := tx.OldestMember(ctx, user.ID)
	if mc.KindOf(err) != mc.KindNotFound {
		return m, err
	}
	m, err = invited(ctx, tx, user)
	if mc.KindOf(err) != mc.KindNotFound {
		return m, err
	}
	return newPersonal(ctx, tx, user)
}

// invited accepts the oldest invite for the address of a user who belongs to no
// organization. An address that nobody vouches for may be somebody else's.
func invited(ctx context.Context, tx *store.Tx, user mc.User) (mc.Member, error) {
	if blank(user.Email) || !user.EmailVerified {
		return mc.Member{}, mc.NotFound()
	}
	for {
		invite, err := tx.OldestInviteFor(ctx, *user.Email)
		if err != nil {
			return mc.Member{}, err
		}
		m, err := Join(ctx, tx, user, invite)
		if mc.KindOf(err) != mc.KindNotFound {
			return m, err
		}
		// It was accepted or revoked a moment ago; there may be another one.
	}
}

// defaultPacks are the skill packs that a personal organization begins with.
var defaultPacks = []struct{ name, description, url string }{
	{"antigravity-awesome-skills", "A broad collection of community skills for everyday agent work.", "https://github.com/sickn33/antigravity-awesome-skills"},
	{"ai-marketing-skills", "Skills for marketing: research, copy, campaigns and analysis.", "https://github.com/BrianRWagner/ai-marketing-skills"},
}

func newPersonal(ctx context.Context, tx *store.Tx, user mc.User) (mc.Member, error) {
	org, member := NewOrganization(mc.PersonalOrganization, user.ID, tx.Now())
	if err := tx.InsertOrganization(ctx, org, member); err != nil {
		return member, err
	}
	tx.AuditBy(user.Party(), mc.AuditOrganizationCreated, org.AuditTarget(), nil)
	for _, p := range defaultPacks {
		pack := mc.SkillPack{ID: mc.NewID(), OrganizationID: org.ID, Name: p.name, Description: &p.description, SourceURL: p.url,
			Branch: mc.DefaultBranch, Metadata: mc.JSON(`{}`), CreatedAt: tx.Tick(), UpdatedAt: tx.Now()}
		if _, err := tx.EnsureSkillPack(ctx, pack); err != nil {
			return member, err
		}
	}
	return member, nil
}

// NewOrganization returns an organization and its owner, who may use all boards.
func NewOrganization(name string, owner mc.ID, now mc.Time) (mc.Organization, mc.Member) {
	org := mc.Organization{ID: mc.NewID(), Name: name, CreatedAt: now, UpdatedAt: now}
	return org, mc.Member{
		ID: mc.NewID(), OrganizationID: org.ID, UserID: owner, Role: mc.RoleOwner,
		AllBoardsRead: true, AllBoardsWrite: true, CreatedAt: now, UpdatedAt: now,
	}
}

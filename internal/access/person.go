package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// person finds out which user calls. The ordinary case is one query; a user
// who is new, incomplete or without an active organization is set right first.
func (g *Guards) person(r *http.Request) (*Person, error) {
	identity, ok := g.signIn.Authenticate(r)
	if !ok {
		return nil, mc.Unauthorized()
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
		return &Person{User: session.User, Member: session.Member}, nil
	}
	if !found || incomplete(session.User, identity) {
		if session, err = g.welcome(ctx, identity); err != nil {
			return nil, err
		}
	}
	return &Person{User: session.User, Member: session.Member}, nil
}

func incomplete(u mc.User, id auth.Identity) bool {
	return blank(u.Email) && !blank(id.Email) || blank(u.Name) && !blank(id.Name) || !u.EmailVerified && vouchedFor(u, id)
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
		if err := tx.EnsureUser(ctx, mc.User{ID: mc.NewID(), ClerkUserID: id.Subject, Email: id.Email, EmailVerified: id.EmailVerified, Name: id.Name}); err != nil {
			return err
		}
		user, err := tx.UserBySubject(ctx, id.Subject)
		if err != nil {
			return err
		}
		if blank(user.Email) {
			user.Email = id.Email
		}
		if blank(user.Name) {
			user.Name = id.Name
		}
		user.EmailVerified = user.EmailVerified || vouchedFor(user, id)
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

package access

import (
	"context"
	"net/http"
	"time"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// What a token is told that does not reach far enough.
const (
	TokenLacks = "The token lacks the scope "
	InPerson   = "Access tokens cannot do this"
)

var errNoToken = httpapi.ErrorDoc{Status: 403, Detail: InPerson, When: "the caller is a program with an access token"}

const (
	usedEvery  = time.Minute // how exactly last_used_at is kept
	usedWithin = 5 * time.Second
)

// holder finds out as whom an access token acts: as its user, in its
// organization, and never as more than they are there at the moment.
func (g *Guards) holder(ctx context.Context, tok string) (*Person, error) {
	row, err := g.store.AccessTokenBy(ctx, token.SHA256Hex(tok))
	if mc.KindOf(err) == mc.KindNotFound || err == nil && row.Expired(g.clock()) {
		return nil, mc.Unauthorized()
	}
	if err != nil {
		return nil, err
	}
	session, found, err := g.store.SessionIn(ctx, row.UserID, row.OrganizationID)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, mc.Unauthorized()
	}
	if !httpapi.AskedAgain(ctx) && (row.LastUsedAt == nil || g.clock().Sub(*row.LastUsedAt) >= usedEvery) {
		g.used(ctx, row.ID)
	}
	p := &Person{User: session.User, Token: &row}
	p.Member = p.within(session.Member)
	return p, nil
}

// used keeps that a token was used. If that fails, the request goes on: the next
// one tries again.
func (g *Guards) used(ctx context.Context, id mc.ID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), usedWithin)
	defer cancel()
	_ = g.store.Write(ctx, func(tx *store.Tx) error { return tx.UseAccessToken(ctx, id) })
}

// scopeOf is what a token needs for a request of this method.
func scopeOf(method string) mc.TokenScope {
	if auth.IsSafe(method) {
		return mc.ScopeRead
	}
	return mc.ScopeWrite
}

// reaches refuses a token that lacks a scope. People lack none.
func (p Person) reaches(scope mc.TokenScope) error {
	if p.Token == nil || p.Token.Scope.Allows(scope) {
		return nil
	}
	return mc.Forbidden(TokenLacks + string(scope))
}

// within is a membership as far as the caller may use it: a token without the
// scope admin is a plain member, whatever its user is.
func (p Person) within(m mc.Member) mc.Member {
	if p.Token != nil && !p.Token.Scope.Allows(mc.ScopeAdmin) && m.Role.IsAdmin() {
		m.Role = mc.RoleMember
	}
	return m
}

// Self lets people in who are there in person: what concerns their account, or
// more than one organization, is nothing for their programs.
func (g *Guards) Self() httpapi.Guard[Person] { return inPerson(g.User()) }

// OrgAdminSelf is OrgAdmin for what admins do in person.
func (g *Guards) OrgAdminSelf() httpapi.Guard[Person] { return inPerson(g.OrgAdmin()) }

func inPerson(guard httpapi.Guard[Person]) httpapi.Guard[Person] {
	anybody := guard.Resolve
	guard.Auth.TokenScope = httpapi.NoTokens
	guard.Errors = append(guard.Errors, errNoToken)
	guard.Resolve = func(r *http.Request) (Person, error) {
		if auth.AccessToken(r) == "" {
			return anybody(r)
		}
		// Whose token it is and how far it reaches does not matter, only that it is good.
		p, err := anybody(r)
		if mc.KindOf(err) == mc.KindUnauthorized || err != nil && mc.KindOf(err) != mc.KindForbidden {
			return p, err
		}
		return p, mc.Forbidden(InPerson)
	}
	return guard
}

// SignedIn lets people in who are signed in with a session.
func (g *Guards) SignedIn() httpapi.Guard[Person] {
	guard := g.Self()
	self := guard.Resolve
	guard.Errors = append(guard.Errors, httpapi.Refusal(403, NoSession, "the caller is not signed in with a session, as there are none in this AUTH_MODE"))
	guard.Resolve = func(r *http.Request) (Person, error) {
		p, err := self(r)
		if err == nil && p.Session == nil {
			err = mc.Forbidden(NoSession)
		}
		return p, err
	}
	return guard
}

// NoSession is what a person is told who is not signed in with a session.
const NoSession = "Not signed in with a session"

// Browser is who calls before anybody is signed in.
type Browser struct {
	UserAgent string
	Request   *http.Request
}

// Browser lets everybody in, but no page of another site: whoever calls may be
// given a cookie.
func (g *Guards) Browser(origin *auth.SameOrigin) httpapi.Guard[Browser] {
	guard := httpapi.Guard[Browser]{
		Auth: httpapi.Auth{Actors: []string{}},
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(403, auth.CrossSite, "a page of another site makes the browser send the request"),
			httpapi.Refusal(403, auth.BrowserHeaderNo, "the header is missing"),
		},
	}
	guard.Resolve = func(r *http.Request) (Browser, error) {
		return Browser{UserAgent: r.UserAgent(), Request: r}, origin.CheckStrictly(r)
	}
	return guard
}

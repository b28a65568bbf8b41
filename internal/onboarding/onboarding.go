// Package onboarding is the dialogue in which a gateway's main agent works out
// the goal of a board with a user: questions, answers, a draft, and the
// confirmation that gives the board its goal, the user a profile and the board
// its lead.
//
// Messages to the main agent are part of the request: who asks or answers is told
// whether they got there. The lead is brought to life by package provision.
package onboarding

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
	client    *openclaw.Client
	baseURL   string // public address of the server, put into instructions
}

// New returns the feature.
func New(st *store.Store, lifecycle *provision.Service, client *openclaw.Client, baseURL string) *Feature {
	return &Feature{store: st, lifecycle: lifecycle, client: client, baseURL: baseURL}
}

// Latest returns the latest dialogue about a board.
func (f *Feature) Latest(ctx context.Context, board mc.ID) (BoardOnboardingRead, error) {
	o, err := f.store.Onboarding(ctx, board)
	return view(o), err
}

// send tells the main agent of a board's gateway something and waits until it is
// there, trying again while the gateway is away. failure is the contract's word
// for what could not be told.
func (f *Feature) send(ctx context.Context, g mc.Gateway, session, text, failure string) error {
	gateway := f.client.Gateway(provision.Endpoint(g))
	chat := openclaw.Chat{SessionKey: session, Message: text, IdempotencyKey: mc.NewID().String()} // tried again it is one message still
	err := openclaw.Retry(ctx, openclaw.Coordination, openclaw.Timing{}, func(ctx context.Context) error {
		if _, err := gateway.SessionsPatch(ctx, session, mc.MainSessionLabel); err != nil {
			return err
		}
		return gateway.ChatSend(ctx, chat)
	})
	if err != nil {
		refused := mc.Upstream(failure + ": " + err.Error())
		refused.Cause = err
		return refused
	}
	return nil
}

// What could not be told, in the contract's words.
const (
	startFailed  = "Gateway onboarding start dispatch failed"
	answerFailed = "Gateway onboarding answer dispatch failed"
)

package gateways

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
)

// Register declares the operations. All are for owners and admins.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag, admin := []string{"gateways"}, g.OrgAdmin()
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways/status", Name: "gateways_status", Tags: tag,
		Summary:     "Try a gateway",
		Description: "Dials a gateway anew, that of a board or one described by the parameters, and tells whether it lets us in and what runs there. Trouble with the gateway is part of the answer.",
		Errors:      targetErrors,
	}, admin, f.status)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways/sessions", Name: "list_gateway_sessions", Tags: tag,
		Summary:     "List sessions of a gateway",
		Description: "Lists what runs on the gateway of a board.",
		Errors:      inspectErrors,
	}, admin, f.sessions)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways/sessions/{session_id}", Name: "get_gateway_session", Tags: tag,
		Summary:     "Get a session of a gateway",
		Description: "Returns one session on the gateway of a board. That of the gateway's main agent is made if need be.",
		Errors:      append([]httpapi.ErrorDoc{{Status: 404, Detail: "Session not found", When: "the gateway has no such session"}}, inspectErrors...),
	}, admin, f.session)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways/sessions/{session_id}/history", Name: "get_session_history", Tags: tag,
		Summary:     "Read a session of a gateway",
		Description: "Returns what was said in a session; nothing, for one that is not there.",
		Errors:      inspectErrors,
	}, admin, f.history)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/gateways/sessions/{session_id}/message", Name: "send_gateway_session_message", Tags: tag,
		Summary:         "Say something in a session",
		Description:     "Sends a message to any session on the gateway of a board that the caller may change. It does not go out to the channels of the agent.",
		Errors:          inspectErrors,
		RequestExamples: messageExamples,
	}, admin, f.send)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways/commands", Name: "gateway_commands", Tags: tag,
		Summary:     "List what gateways understand",
		Description: "Lists the methods and events of the gateway protocol.",
	}, admin, func(context.Context, access.Person, *httpapi.None) (GatewayCommandsResponse, error) {
		return commands(), nil
	})
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways", Name: "list_gateways", Tags: tag,
		Summary:     "List gateways",
		Description: "Lists the gateways of the active organization, newest first.",
	}, admin, f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/gateways", Name: "create_gateway", Tags: tag, SecretAnswer: true, // its token
		Summary: "Connect a gateway",
		Description: "Tries the gateway, then adds it together with its main agent, which is created there, given its files and woken. " +
			"When only that fails, gateway and agent stay and the work is repeated in the background.",
		Errors:          createErrors,
		RequestExamples: createExamples, ResponseExamples: gatewayExamples,
	}, admin, f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/gateways/{gateway_id}", Name: "get_gateway", Tags: tag,
		Summary:     "Get a gateway",
		Description: "Returns a gateway of the active organization.",
		Errors:      []httpapi.ErrorDoc{errNoGateway}, ResponseExamples: gatewayExamples,
	}, admin, f.get)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/gateways/{gateway_id}", Name: "update_gateway", Tags: tag,
		Summary: "Change a gateway",
		Description: "Changes the fields that are sent. New connection settings are tried before anything is written. " +
			"Whatever changes, the main agent gets its files and a new token and is woken.",
		Errors:          append([]httpapi.ErrorDoc{errNoGateway}, createErrors...),
		RequestExamples: changeExamples, ResponseExamples: gatewayExamples,
	}, admin, f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/gateways/{gateway_id}/templates/sync", Name: "sync_gateway_templates", Tags: tag,
		Summary: "Write the files of agents again",
		Description: "Writes the files of the gateway's agents from the current templates, without waking them. Files that agents write themselves are kept unless overwrite is set. " +
			"Agents of paused boards are left out. The answer comes when all is done, which may take minutes.",
		Errors: append([]httpapi.ErrorDoc{errNoGateway}, runErrors...),
	}, admin, f.sync)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/gateways/{gateway_id}", Name: "delete_gateway", Tags: tag,
		Summary:     "Disconnect a gateway",
		Description: "Removes a gateway that no board uses, with its main agent. On the gateway itself the agent is removed in the background, if the gateway can be reached.",
		Errors:      []httpapi.ErrorDoc{errNoGateway, {Status: 409, Detail: "Gateway is used by boards", When: "a board lives on the gateway"}},
	}, admin, f.remove)
}

type (
	statusInput struct {
		BoardID              *string `query:"board_id" doc:"Board whose gateway to try."`
		GatewayURL           *string `query:"gateway_url" doc:"Address of a gateway to try; wins over board_id."`
		GatewayToken         *string `query:"gateway_token" doc:"Its token; a saved one is never used."`
		DisableDevicePairing *bool   `query:"gateway_disable_device_pairing" doc:"As of the saved gateway of this address when absent."`
		AllowInsecureTLS     *bool   `query:"gateway_allow_insecure_tls" doc:"As of the saved gateway of this address when absent."`
	}
	boardQuery struct {
		BoardID *string `query:"board_id" doc:"Board whose gateway is meant."`
	}
	sessionInput struct {
		SessionID string `path:"session_id" doc:"Key of the session."`
		boardQuery
	}
	messageInput struct {
		SessionID string `path:"session_id" doc:"Key of the session."`
		boardQuery
		Body GatewaySessionMessageRequest
	}
	gatewayInput struct {
		ID mc.ID `path:"gateway_id"`
	}
	createInput struct{ Body GatewayCreate }
	changeInput struct {
		ID   mc.ID `path:"gateway_id"`
		Body GatewayUpdate
	}
	syncInput struct {
		ID             mc.ID  `path:"gateway_id"`
		IncludeMain    bool   `query:"include_main" default:"true" doc:"Also the main agent's files."`
		LeadOnly       bool   `query:"lead_only" default:"false" doc:"Of the boards' agents only the leads."`
		ResetSessions  bool   `query:"reset_sessions" default:"false" doc:"Empty the agents' sessions."`
		RotateTokens   bool   `query:"rotate_tokens" default:"false" doc:"Give each agent a new token instead of the one in its files."`
		ForceBootstrap bool   `query:"force_bootstrap" default:"false" doc:"Give leads their BOOTSTRAP.md again."`
		Overwrite      bool   `query:"overwrite" default:"false" doc:"Also write files that agents write themselves."`
		BoardID        *mc.ID `query:"board_id" doc:"Only agents of this board."`
	}
)

func (f *Feature) status(ctx context.Context, p access.Person, in *statusInput) (GatewaysStatusResponse, error) {
	var t target
	var err error
	if in.GatewayURL != nil {
		t, err = f.byURL(ctx, p.Member.OrganizationID, *in)
	} else {
		t, err = f.byBoard(ctx, p, in.BoardID)
	}
	if err != nil {
		return GatewaysStatusResponse{}, err
	}
	return f.Status(ctx, t), nil
}

func (f *Feature) sessions(ctx context.Context, p access.Person, in *boardQuery) (GatewaySessionsResponse, error) {
	t, err := f.byBoard(ctx, p, in.BoardID)
	if err != nil {
		return GatewaySessionsResponse{}, err
	}
	return f.Sessions(ctx, t)
}

func (f *Feature) session(ctx context.Context, p access.Person, in *sessionInput) (GatewaySessionResponse, error) {
	t, err := f.byBoard(ctx, p, in.BoardID)
	if err != nil {
		return GatewaySessionResponse{}, err
	}
	return f.Session(ctx, t, in.SessionID)
}

func (f *Feature) history(ctx context.Context, p access.Person, in *sessionInput) (GatewaySessionHistoryResponse, error) {
	t, err := f.byBoard(ctx, p, in.BoardID)
	if err != nil {
		return GatewaySessionHistoryResponse{}, err
	}
	return f.History(ctx, t, in.SessionID)
}

func (f *Feature) send(ctx context.Context, p access.Person, in *messageInput) (httpapi.OK, error) {
	t, err := f.byBoard(ctx, p, in.BoardID)
	if err != nil {
		return httpapi.OK{}, err
	}
	return httpapi.Done, f.Send(ctx, t, in.SessionID, in.Body.Content)
}

func (f *Feature) list(ctx context.Context, p access.Person, in *httpapi.PageQuery) (httpapi.Page[GatewayRead], error) {
	items, total, err := f.List(ctx, p.Member.OrganizationID, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) get(ctx context.Context, p access.Person, in *gatewayInput) (GatewayRead, error) {
	return f.Get(ctx, p.Member.OrganizationID, in.ID)
}

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (GatewayRead, error) {
	return f.Create(ctx, p.Member.OrganizationID, p.User.ID, in.Body)
}

func (f *Feature) change(ctx context.Context, p access.Person, in *changeInput) (GatewayRead, error) {
	return f.Change(ctx, p.Member.OrganizationID, p.User.ID, in.ID, in.Body)
}

func (f *Feature) sync(ctx context.Context, p access.Person, in *syncInput) (GatewayTemplatesSyncResult, error) {
	return f.Sync(ctx, p.Member.OrganizationID, p.User.ID, in.ID, provision.SyncOptions{
		IncludeMain: in.IncludeMain, LeadOnly: in.LeadOnly, ResetSessions: in.ResetSessions, RotateTokens: in.RotateTokens,
		ForceBootstrap: in.ForceBootstrap, Overwrite: in.Overwrite, BoardID: in.BoardID,
	})
}

func (f *Feature) remove(ctx context.Context, p access.Person, in *gatewayInput) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, p.Member.OrganizationID, in.ID)
}

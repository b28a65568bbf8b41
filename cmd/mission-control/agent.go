package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"missioncontrol/internal/config"
)

type agentCmd struct {
	Add agentAddCmd `cmd:"" help:"Create an external agent and print its token, once."`
}

// agentAddCmd talks to the running server, so that it works on a remote one too
// and needs no access to its database.
type agentAddCmd struct {
	config.Flags
	Server string `help:"Address of the server; default is that of the settings." placeholder:"URL"`
	Token  string `help:"Token of an administrator; default is the local one." env:"MISSION_CONTROL_TOKEN"`
	Board  string `required:"" help:"Id of the board the agent works on."`
	Lead   bool   `help:"Make the agent the lead of the board."`
	Name   string `arg:"" help:"Name of the agent."`
}

// Run creates the agent and mints its token.
func (c agentAddCmd) Run(ctx context.Context) error {
	settings, err := c.Load()
	if err != nil {
		return err
	}
	api := apiClient{base: strings.TrimRight(c.Server, "/"), token: c.Token}
	if api.base == "" {
		api.base = settings.Server.BaseURL
	}
	if api.token == "" {
		api.token = settings.Auth.LocalToken.Reveal()
	}
	var agent struct {
		ID string `json:"id"`
	}
	if err := api.post(ctx, "/api/v1/agents", map[string]any{"name": c.Name, "board_id": c.Board, "runtime": "external", "is_board_lead": c.Lead}, &agent); err != nil {
		return err
	}
	var minted struct {
		Token string `json:"token"`
	}
	if err := api.post(ctx, "/api/v1/agents/"+agent.ID+"/token", nil, &minted); err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "AGENT_ID=%s\nAUTH_TOKEN=%s\n", agent.ID, minted.Token)
	return err
}

type apiClient struct{ base, token string }

func (c apiClient) post(ctx context.Context, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, payload)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("POST %s: %s: %s", path, resp.Status, answer)
	}
	return json.Unmarshal(answer, out)
}

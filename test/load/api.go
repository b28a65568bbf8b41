package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// api calls a server one request at a time, to set it up and to look at it.
type api struct {
	base   string
	token  string // of a person
	client *http.Client
}

// callWithin bounds every request outside of the measurements.
const callWithin = 30 * time.Second

func newAPI(base, token string) api {
	return api{base: strings.TrimRight(base, "/"), token: token, client: &http.Client{Timeout: callWithin}}
}

// request is what is sent to a server, one way or the other.
type request struct {
	method, path string
	body         []byte
	agentToken   string // of the agent that calls; empty: the person does
}

// refusal is an answer other than 200.
type refusal struct {
	request request
	status  int
	text    string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s %s: %d %s", r.request.method, r.request.path, r.status, r.text)
}

// headers are those of every request; they do not depend on the server.
func (a api) headers(r request) http.Header {
	h := http.Header{}
	if r.agentToken != "" {
		h.Set("X-Agent-Token", r.agentToken)
	} else {
		h.Set("Authorization", "Bearer "+a.token)
	}
	if r.body != nil {
		h.Set("Content-Type", "application/json")
	}
	return h
}

// do sends a request and decodes its answer, unless out is nil.
func (a api) do(ctx context.Context, r request, out any) error {
	req, err := http.NewRequestWithContext(ctx, r.method, a.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	req.Header = a.headers(r)
	resp, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return &refusal{r, resp.StatusCode, string(raw)}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return nil
}

func (a api) post(ctx context.Context, path string, body, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return a.do(ctx, request{method: http.MethodPost, path: path, body: raw}, out)
}

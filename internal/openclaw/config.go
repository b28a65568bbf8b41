package openclaw

import "encoding/json"

// AgentConfig is what the gateway's configuration says of an agent.
type AgentConfig struct {
	ID        string
	Workspace string
	Heartbeat json.RawMessage // an object
}

// MergeAgentConfig returns the patch that puts agents with their workspaces and
// heartbeats into the configuration that config.get answered, together with what
// agents need of the rest: how heartbeats show in channels, and where commands
// are executed. The members and entries that are there already keep their place
// and their values. changed is false when there is nothing to write: a needless
// patch could restart the gateway.
//
// The answer's configuration may be unusable, which is an error that says how.
func MergeAgentConfig(answer json.RawMessage, agents ...AgentConfig) (patch json.RawMessage, changed bool, err error) {
	config, err := configOf(answer)
	if err != nil {
		return nil, false, err
	}
	list, changed, err := mergeAgents(config, agents)
	if err != nil {
		return nil, false, err
	}
	var out orderedObject
	out.set("agents", objectOf("list", list))
	if missing := missingVisibility(config); len(missing.keys) > 0 {
		changed = true
		out.set("channels", objectOf("defaults", objectOf("heartbeat", missing.encode())))
	}
	if !present(config.child("tools").child("exec").get("host")) {
		changed = true
		out.set("tools", objectOf("exec", objectOf("host", jsonText("gateway"))))
	}
	if !changed {
		return nil, false, nil
	}
	return out.encode(), true, nil
}

// configOf finds the configuration in the answer of config.get.
func configOf(answer json.RawMessage) (orderedObject, error) {
	body, ok := parseObject(answer)
	if !ok {
		return orderedObject{}, &Error{Message: "config.get returned invalid payload"}
	}
	raw := body.get("config")
	if !present(raw) {
		raw = body.get("parsed")
	}
	config, ok := parseObject(raw)
	if !ok {
		return orderedObject{}, &Error{Message: "invalid config"}
	}
	return config, nil
}

// configHash is what a write to the configuration is based on, "" if unknown.
func configHash(answer json.RawMessage) string {
	body, _ := parseObject(answer)
	return textOf(body.get("hash"))
}

// mergeAgents returns agents.list with the agents in it.
func mergeAgents(config orderedObject, agents []AgentConfig) (list json.RawMessage, changed bool, err error) {
	var entries []json.RawMessage
	if raw := config.child("agents").get("list"); raw != nil && json.Unmarshal(raw, &entries) != nil {
		return nil, false, &Error{Message: "config agents.list is not a list"}
	}
	for _, agent := range agents {
		heartbeat, ok := parseObject(agent.Heartbeat)
		if !ok {
			return nil, false, &Error{Kind: KindRequest, Message: "the heartbeat of an agent must be an object"}
		}
		merged, differs := mergeAgent(entries, agent.ID, jsonText(agent.Workspace), heartbeat)
		entries, changed = merged, changed || differs
	}
	return encodeList(entries), changed, nil
}

// mergeAgent puts an agent into the entries of agents.list.
func mergeAgent(entries []json.RawMessage, id string, workspace json.RawMessage, heartbeat orderedObject) (merged []json.RawMessage, changed bool) {
	for i, raw := range entries {
		entry, ok := parseObject(raw)
		if !ok || textOf(entry.get("id")) != id {
			continue
		}
		if !sameJSON(entry.get("workspace"), workspace) {
			entry.set("workspace", workspace)
			changed = true
		}
		if !sameJSON(entry.get("heartbeat"), heartbeat.encode()) {
			entry.set("heartbeat", replacing(entry.child("heartbeat"), heartbeat))
			changed = true
		}
		entries[i] = entry.encode()
		return entries, changed
	}
	var entry orderedObject
	entry.set("id", jsonText(id))
	entry.set("workspace", workspace)
	entry.set("heartbeat", heartbeat.encode())
	return append(entries, entry.encode()), true
}

// replacing makes next a patch that leaves nothing of old: patches are merged,
// so a member that is to go has to be named.
func replacing(old *orderedObject, next orderedObject) json.RawMessage {
	out := next.clone()
	for _, key := range old.keys {
		if out.get(key) == nil {
			out.set(key, json.RawMessage("null"))
		}
	}
	return out.encode()
}

// missingVisibility is what channels do not say yet about showing heartbeats.
func missingVisibility(config orderedObject) (missing orderedObject) {
	set := config.child("channels").child("defaults").child("heartbeat")
	for _, setting := range [][2]string{{"showOk", "false"}, {"showAlerts", "true"}, {"useIndicator", "true"}} {
		if set.get(setting[0]) == nil {
			missing.set(setting[0], json.RawMessage(setting[1]))
		}
	}
	return missing
}

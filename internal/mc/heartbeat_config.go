package mc

import (
	"slices"
	"strings"
)

// DefaultHeartbeatConfig is how agents that say nothing else beat.
func DefaultHeartbeatConfig() JSON {
	return JSON(`{"every":"10m","target":"last","includeReasoning":false}`)
}

// HeartbeatConfigOrDefault is what is stored for a config as it was sent: null
// becomes the default, an empty object stays empty.
func HeartbeatConfigOrDefault(sent JSON) JSON {
	if sent.IsNull() {
		return DefaultHeartbeatConfig()
	}
	return sent
}

// EffectiveHeartbeat is what the gateway is told: the default, overlaid with the
// agent's own config.
func EffectiveHeartbeat(own JSON) JSON {
	effective, _ := DefaultHeartbeatConfig().object()
	overlay, _ := own.object()
	for _, key := range overlay.keys {
		effective.set(key, overlay.values[key])
	}
	return effective.json()
}

// HeartbeatEvery is the config of an agent that is to beat at another cadence:
// complete, with its own settings, and answering where it was last talked to.
func HeartbeatEvery(own JSON, every string) JSON {
	config, _ := EffectiveHeartbeat(own).object()
	config.set("every", JSONOf(every))
	config.set("target", JSONOf("last"))
	return config.json()
}

// CheckHeartbeatConfig refuses keys that gateways do not know: with a single one
// of them a gateway rejects its whole configuration. Null passes.
func CheckHeartbeatConfig(sent JSON) error {
	config, _ := sent.object()
	var unknown []string
	for _, key := range config.keys {
		if !isHeartbeatKey(key) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return Invalid("unknown keys: "+strings.Join(unknown, ", "), "body", "heartbeat_config")
}

func isHeartbeatKey(key string) bool {
	switch key {
	case "every", "target", "includeReasoning", "prompt", "model", "ackMaxChars", "activeHours", "session",
		"lightContext", "isolatedSession", "to", "accountId", "directPolicy", "suppressToolErrorWarnings":
		return true
	}
	return false
}

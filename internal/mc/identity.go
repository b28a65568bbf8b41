package mc

import "strings"

// What an agent is when its profile does not say.
const (
	DefaultRole               = "Generalist"
	DefaultCommunicationStyle = "direct, concise, practical"
	DefaultEmoji              = ":gear:"
)

// MainIdentityProfile is the profile of a gateway's main agent.
func MainIdentityProfile() JSON {
	return JSON(`{"role":"Gateway Agent","communication_style":"` + DefaultCommunicationStyle + `","emoji":":compass:"}`)
}

// LeadIdentityProfile is the profile of a board's lead.
func LeadIdentityProfile() JSON {
	return JSON(`{"role":"Board Lead","communication_style":"` + DefaultCommunicationStyle + `","emoji":"` + DefaultEmoji + `"}`)
}

// NormalizeIdentityProfile makes an object of texts of a profile as it was sent:
// keys and values are trimmed, lists joined with commas, other values written as
// text, nulls and blanks dropped. The keys keep their order. Nothing left, or
// anything but an object, is nil.
func NormalizeIdentityProfile(raw JSON) JSON {
	sent, _ := raw.object()
	var kept object
	for _, sentKey := range sent.keys {
		key, text := strings.TrimSpace(sentKey), profileText(sent.values[sentKey])
		if key != "" && text != "" {
			kept.set(key, JSONOf(text))
		}
	}
	if len(kept.keys) == 0 {
		return nil
	}
	return kept.json()
}

// OverlayIdentityProfile is a base profile with what another one, as it was
// sent, says put over it.
func OverlayIdentityProfile(base, over JSON) JSON {
	merged, _ := base.object()
	sent, _ := NormalizeIdentityProfile(over).object()
	for _, key := range sent.keys {
		merged.set(key, sent.values[key])
	}
	return merged.json()
}

// IdentityValue is the text of one key of a stored profile, or fallback when the
// profile has none.
func IdentityValue(profile JSON, key, fallback string) string {
	stored, _ := NormalizeIdentityProfile(profile).object()
	var text string
	if value, ok := stored.values[key]; ok && value.Decode(&text) == nil {
		return text
	}
	return fallback
}

// profileText is a value of a profile as text, empty for one that is to be dropped.
func profileText(value JSON) string {
	var list []JSON
	if value.IsNull() || value.Decode(&list) != nil {
		return itemText(value)
	}
	var texts []string
	for _, item := range list {
		if text := itemText(item); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}

func itemText(value JSON) string {
	var text string
	switch {
	case value.IsNull():
		return ""
	case value.Decode(&text) == nil:
		return strings.TrimSpace(text)
	}
	return value.Spaced()
}

package mc

import (
	"net/url"
	"reflect"
	"slices"
)

// DifferencesOf compares two states of a row field by field, by the names of its
// columns. What changes with every change is left out, as are the given columns.
func DifferencesOf[T any](before, after T, except ...string) Differences {
	d := Differences{}
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	for _, f := range reflect.VisibleFields(a.Type()) {
		column := f.Tag.Get("db")
		if column == "" || column == "updated_at" || column == "seq" || slices.Contains(except, column) {
			continue
		}
		d.Note(column, a.FieldByIndex(f.Index).Interface(), b.FieldByIndex(f.Index).Interface())
	}
	return d
}

// GatewayDifferences compares two states of a gateway without telling its
// token, nor what an address may hold of one.
func GatewayDifferences(before, after Gateway) Differences {
	d := DifferencesOf(before, after, "token", "url")
	d.Hide("token", before.Token, after.Token)
	if before.URL != after.URL {
		d["url"] = Difference{Old: publicURL(before.URL), New: publicURL(after.URL)}
	}
	return d
}

// publicURL is an address without user, password and query.
func publicURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(hidden)"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// AgentDifferences compares two states of an agent in what people decide; what
// its life brings about is not their doing.
func AgentDifferences(before, after Agent) Differences {
	d := Differences{}
	d.Note("name", before.Name, after.Name)
	d.Note("board_id", before.BoardID, after.BoardID)
	d.Note("gateway_id", before.GatewayID, after.GatewayID)
	d.Note("is_board_lead", before.IsBoardLead, after.IsBoardLead)
	d.Note("heartbeat_config", before.HeartbeatConfig, after.HeartbeatConfig)
	d.Note("identity_profile", before.IdentityProfile, after.IdentityProfile)
	d.Note("identity_template", before.IdentityTemplate, after.IdentityTemplate)
	d.Note("soul_template", before.SoulTemplate, after.SoulTemplate)
	return d
}

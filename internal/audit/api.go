package audit

import (
	"context"
	"io"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

const (
	csvType    = "text/csv"
	ndjsonType = "application/x-ndjson"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"organizations"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/audit", Name: "list_audit_log", Tags: tag,
		Summary: "Read the audit log",
		Description: "Lists who did what in the active organization, to whom, when and from where, newest first: changes of members, roles, access, invites, gateways, boards, agents and their tokens. " +
			"Entries are never changed, and are deleted only with the organization.",
		ResponseExamples: map[string]any{"entries": httpapi.NewPage([]AuditEntryRead{exampleEntry}, 1, httpapi.PageQuery{Limit: 200})},
	}, g.OrgAdmin(), f.list)
	httpapi.RegisterDownload(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/audit/export", Name: "export_audit_log", Tags: tag,
		Summary:     "Export the audit log",
		Description: "Sends the audit log of the active organization as a file, newest first: a table (csv) or one JSON object per line (ndjson). In a table, texts that a spreadsheet would take for a formula begin with an apostrophe.",
	}, []string{csvType, ndjsonType}, g.OrgAdmin(), f.download)
}

type (
	listInput struct {
		filterQuery
		httpapi.PageQuery
	}
	exportInput struct {
		Format Format `query:"format" default:"csv" doc:"csv or ndjson."`
		filterQuery
	}
)

func (f *Feature) list(ctx context.Context, p access.Person, in *listInput) (httpapi.Page[AuditEntryRead], error) {
	items, total, err := f.List(ctx, in.filter(p.Member.OrganizationID), in.Limit, in.Offset)
	return httpapi.NewPage(items, total, in.PageQuery), err
}

func (f *Feature) download(ctx context.Context, p access.Person, in *exportInput) (httpapi.Download, error) {
	filter := in.filter(p.Member.OrganizationID)
	file := httpapi.Download{FileName: "audit-" + f.clock().Std().Format(time.DateOnly) + "." + string(in.Format)}
	if in.Format == NDJSON {
		file.ContentType = ndjsonType
		file.Write = func(w io.Writer) error { return f.NDJSON(ctx, filter, w) }
	} else {
		file.ContentType = csvType + "; charset=utf-8"
		file.Write = func(w io.Writer) error { return f.CSV(ctx, filter, w) }
	}
	return file, nil
}

var exampleEntry = AuditEntryRead{
	ID: mc.MustID("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"), At: mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)),
	ActorKind: mc.PartyUser, ActorID: mc.Ref(mc.MustID("77777777-7777-4777-8777-777777777777")), ActorName: "Ann Miller",
	Action: string(mc.AuditMemberRoleChanged), TargetKind: "member", TargetID: mc.MustID("99999999-9999-4999-8999-999999999999"), TargetName: "Bob",
	Details: mc.JSON(`{"role":{"old":"member","new":"admin"}}`), Address: "203.0.113.7", RequestID: "4f0c1d2e3b5a49788c6d7e8f90a1b2c3",
}

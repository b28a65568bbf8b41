package server

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/access"
	"missioncontrol/internal/activity"
	"missioncontrol/internal/agentapi"
	"missioncontrol/internal/agents"
	"missioncontrol/internal/apidocs"
	"missioncontrol/internal/approvals"
	"missioncontrol/internal/audit"
	"missioncontrol/internal/boards"
	"missioncontrol/internal/clientaddr"
	"missioncontrol/internal/config"
	"missioncontrol/internal/egress"
	"missioncontrol/internal/fields"
	"missioncontrol/internal/gateways"
	"missioncontrol/internal/groups"
	"missioncontrol/internal/health"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/live"
	"missioncontrol/internal/livestream"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/memory"
	"missioncontrol/internal/metrics"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/onboarding"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/outbound"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/search"
	"missioncontrol/internal/skills"
	"missioncontrol/internal/souls"
	"missioncontrol/internal/tags"
	"missioncontrol/internal/tasks"
	"missioncontrol/internal/telemetry"
	"missioncontrol/internal/users"
	"missioncontrol/internal/webhooks"
)

const openAPIPath = "/openapi.json"

// assemble makes the features, hangs them into the router and surrounds it with
// what every request passes.
func (s *Server) assemble(ctx context.Context) error {
	s.workers = jobs.NewWorkers()
	broker := live.NewBroker()
	s.store.OnCommit(broker.Publish)
	guards := s.declare(broker)
	s.store.Observe(s.observe)
	s.housekeeping()
	if err := s.pages(guards); err != nil {
		return err
	}
	s.handler = s.router.Handler(s.options(ctx))
	return nil
}

// declare hangs the operations of all features into a new router, in the order
// of the document. It touches neither database nor network.
func (s *Server) declare(broker *live.Broker) *access.Guards {
	base := s.settings.Server.BaseURL
	retry := jobs.Policy{MaxAttempts: s.settings.Jobs.MaxRetries + 1, Base: s.settings.Jobs.RetryBase, Max: s.settings.Jobs.RetryMax}
	sender := notify.New(s.store, s.client, telemetry.Named(s.log, "notify"), notify.WithDispatch(notify.Dispatch{Retry: retry, Spacing: s.settings.Jobs.Throttle}))
	sender.RegisterJobs(s.workers)
	lifecycle := provision.New(provision.Config{
		Store: s.store, Client: s.client, BaseURL: base, MinVersion: s.settings.Gateway.MinVersion,
		Retry: retry,
		Clock: mc.SystemClock, Log: telemetry.Named(s.log, "provision"),
	})
	lifecycle.RegisterJobs(s.workers)

	signIn := s.signingIn()
	guards := access.New(s.store, signIn.authenticator, s.limiter, access.Limits{
		AgentAuth:         ratelimit.Policy{Scope: "agent_auth", Limit: s.settings.Limits.AgentAuth, Window: s.settings.Limits.AgentAuthWindow},
		CountFailuresOnly: s.settings.Limits.AgentAuthCount == config.CountFailures,
		WebhookIngest:     ratelimit.Policy{Scope: "webhook_ingest", Limit: s.settings.Limits.WebhookIngest, Window: time.Minute},
	}, mc.SystemClock)

	agentFeature := agents.New(s.store, broker, lifecycle, mc.SystemClock)
	taskFeature := tasks.New(s.store, broker, sender)
	activityFeature := activity.New(s.store, broker)
	boardFeature := boards.New(s.store, lifecycle, sender, mc.SystemClock)
	orgFeature := orgs.New(s.store, lifecycle, s.settings.Limits.InviteTTL)
	tagFeature := tags.New(s.store)
	memoryFeature := memory.New(s.store, broker, sender, base)
	approvalFeature := approvals.New(s.store, broker, sender)
	webhookFeature := webhooks.New(s.store, sender, webhooks.Config{
		BaseURL: base, Reading: httpapi.Reading{Most: s.settings.Limits.WebhookMaxPayloadBytes}, Log: telemetry.Named(s.log, "webhooks"),
	})
	webhookFeature.RegisterJobs(s.workers)
	outboundFeature := s.outbound()
	outboundFeature.RegisterJobs(s.workers)
	s.observe = outboundFeature.Observe
	s.router = httpapi.NewRouter(telemetry.Named(s.log, "app.core.error_handling"))
	s.router.WatchAccess(broker)
	s.router.KeepAnswers(s.store)
	for _, feature := range []interface {
		Register(r *httpapi.Router, g *access.Guards)
	}{
		health.New(s.checks()),
		users.New(s.store, lifecycle, signIn.directory),
		signIn.accounts,
		agentapi.New(s.store, agentFeature, taskFeature, memoryFeature, approvalFeature, webhookFeature, lifecycle, s.client, base, mc.SystemClock, telemetry.Named(s.log, "agentapi")),
		agentFeature,
		activityFeature,
		livestream.New(s.store, broker, mc.SystemClock, slices.Concat(
			// The frames of one change are sent in this order.
			taskFeature.Shows(), approvalFeature.Shows(), memoryFeature.Shows(), activityFeature.Shows(),
			agentFeature.Shows(), boardFeature.Shows(), tagFeature.Shows(), sender.Shows(), orgFeature.Shows(),
		)...),
		gateways.New(s.store, lifecycle, s.client),
		orgFeature,
		audit.New(s.store, mc.SystemClock),
		souls.New(souls.NewDirectory(souls.Source, mc.SystemClock)),
		skills.New(s.store, s.client),
		boardFeature,
		groups.New(s.store, lifecycle, sender),
		memoryFeature,
		webhookFeature,
		outboundFeature,
		onboarding.New(s.store, lifecycle, s.client, base),
		approvalFeature,
		taskFeature,
		fields.New(s.store),
		tagFeature,
		metrics.New(s.store, mc.SystemClock),
		search.New(s.store, mc.SystemClock),
	} {
		feature.Register(s.router, guards)
	}
	return guards
}

// outbound is what tells addresses outside of what happens on boards.
func (s *Server) outbound() *outbound.Feature {
	o := s.settings.Outbound
	return outbound.New(s.store, outbound.Config{
		Client: egress.NewClient(egress.Options{AllowPrivate: o.AllowPrivate, Timeout: o.Timeout}),
		Retry:  jobs.Policy{MaxAttempts: o.MaxAttempts, Base: 10 * time.Second, Max: time.Hour}, DisableAfter: o.DisableAfter,
	})
}

// Document returns the OpenAPI document of a server with these settings,
// without running one.
func Document(settings config.Settings) *huma.OpenAPI {
	s := &Server{settings: settings, log: slog.New(slog.DiscardHandler), workers: jobs.NewWorkers()}
	s.declare(live.NewBroker())
	return s.router.Document(about())
}

// pages adds what is no operation of the API: the OpenAPI document, the pages
// that show it, and the metrics, for administrators.
func (s *Server) pages(guards *access.Guards) error {
	if err := s.router.ServeDocument(openAPIPath, s.router.Document(about())); err != nil {
		return err
	}
	docs := apidocs.New(openAPIPath)
	for path, page := range map[string]http.Handler{
		"/docs": docs.Swagger, "/redoc": docs.ReDoc, apidocs.OAuth2RedirectPath: docs.OAuth2Redirect, apidocs.AssetsPath: docs.Assets,
	} {
		s.router.Page(http.MethodGet, path, page)
		s.router.Page(http.MethodHead, path, page)
	}
	s.router.Page(http.MethodGet, "/metrics", httpapi.Guarded(s.router, guards.OrgAdmin(), s.metrics.Handler()))
	return nil
}

// checks are what readiness depends on.
func (s *Server) checks() []health.Check {
	checks := []health.Check{{Name: "database", Run: func(ctx context.Context) error { return s.store.Ping(ctx) }}}
	if s.limiter.ping != nil {
		checks = append(checks, health.Check{Name: "redis", Run: s.limiter.ping})
	}
	return checks
}

func (s *Server) openGatewayClient() (*openclaw.Client, error) {
	identity, err := openclaw.LoadIdentity(s.settings.Gateway.DeviceIdentityPath)
	if err != nil {
		return nil, err
	}
	return openclaw.NewClient(openclaw.Options{
		Identity: identity, Log: telemetry.Named(s.log, "openclaw"),
		Observe: func(method string, took time.Duration, err error) { s.metrics.GatewayCall(method, outcome(err), took) },
	}), nil
}

func (s *Server) options(ctx context.Context) httpapi.Options {
	trusted := clientaddr.Trust(ctx, s.log, s.settings.Server.TrustedProxies)
	o := httpapi.Options{
		CORSOrigins: s.settings.Server.CORSOrigins, SlowAfter: s.settings.Log.SlowRequest, LogHealth: s.settings.Log.IncludeHealth,
		ClientAddr: trusted.Client, ForwardedScheme: trusted.Scheme, TraceLevel: telemetry.LevelTrace,
		WithRequest: func(ctx context.Context, id, method, path string) context.Context {
			return telemetry.WithRequest(ctx, telemetry.RequestInfo{ID: id, Method: method, Path: path})
		},
		ObserveRequest: s.metrics.Request,
	}
	for _, h := range s.settings.SecurityHeaders() {
		o.SecurityHeaders = append(o.SecurityHeaders, httpapi.HeaderValue{Name: h.Name, Value: h.Value})
	}
	if len(o.CORSOrigins) > 0 {
		s.log.InfoContext(ctx, "app.cors.enabled", "origins_count", len(o.CORSOrigins))
	} else {
		s.log.InfoContext(ctx, "app.cors.disabled")
	}
	return o
}

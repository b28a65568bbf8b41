package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"missioncontrol/internal/config"
	"missioncontrol/internal/server"
	"missioncontrol/internal/telemetry"
)

type migrateCmd struct{ config.Flags }

// Run applies what is pending.
func (c migrateCmd) Run(ctx context.Context) error {
	settings, err := c.Load()
	if err != nil {
		return err
	}
	settings.Database.AutoMigrate = true
	st, err := server.OpenStore(ctx, settings, newLogger(settings))
	if err != nil {
		return err
	}
	return st.Close()
}

type linkCmd struct{ config.Flags }

// Run prints the link.
func (c linkCmd) Run() error {
	settings, err := c.Load()
	if err != nil {
		return err
	}
	switch settings.Auth.Mode {
	case config.AuthLocal:
		_, err = fmt.Println(settings.SignInLink())
	case config.AuthAccounts:
		_, err = fmt.Println(settings.SetupLink())
	default:
		err = errors.New("there is no sign-in link with AUTH_MODE=" + string(settings.Auth.Mode))
	}
	return err
}

type openapiCmd struct{}

// Run prints the document that /openapi.json serves.
func (openapiCmd) Run() error {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(server.Document(config.Defaults()))
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	_, err := fmt.Println("mission-control", telemetry.Version)
	return err
}

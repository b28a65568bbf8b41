package mc

// Gateway is a running OpenClaw gateway, behind which agents live.
type Gateway struct {
	ID                   ID      `db:"id"`
	OrganizationID       ID      `db:"organization_id"`
	Name                 string  `db:"name"`
	URL                  string  `db:"url"`
	Token                *string `db:"token"`
	WorkspaceRoot        string  `db:"workspace_root"`
	AllowInsecureTLS     bool    `db:"allow_insecure_tls"`
	DisableDevicePairing bool    `db:"disable_device_pairing"`
	CreatedAt            Time    `db:"created_at"`
	UpdatedAt            Time    `db:"updated_at"`
}

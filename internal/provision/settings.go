package provision

import "strings"

// parseSettings reads the KEY=value lines of a TOOLS.md, also inside of bullets
// and backticks. The first of equal keys counts.
func parseSettings(content string) map[string]string {
	settings := map[string]string{}
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		for _, bullet := range []string{"- ", "* ", "+ "} {
			line = strings.TrimSpace(strings.TrimPrefix(line, bullet))
		}
		line = strings.TrimSpace(strings.Trim(line, "`"))
		key, value, ok := strings.Cut(line, "=")
		if _, known := settings[key]; ok && !known && isSettingKey(key) {
			settings[key] = strings.TrimSpace(value)
		}
	}
	return settings
}

func isSettingKey(key string) bool {
	return key != "" && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

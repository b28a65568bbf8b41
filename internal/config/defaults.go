package config

// Defaults returns what a server without any configuration would run with, but
// for the sign-in token. It reads and writes nothing.
func Defaults() Settings {
	var s Settings
	var src sources
	err := bind(&s, src)
	for _, step := range []func(*Settings, sources, Options) error{completeServer, completeDatabase, completeHeaders, completeGateway} {
		if err == nil {
			err = step(&s, src, Options{})
		}
	}
	if err != nil {
		panic("config: the defaults are not valid: " + err.Error())
	}
	s.Auth.LocalToken = ""
	return s
}

// Package config turns the environment, .env files and the command line's
// flags into Settings, checked once at the start. What it returns is complete:
// defaults are filled in, paths resolved, addresses parsed, so nothing else in
// the program reads the environment.
//
// The struct tags of Settings are the only list of settings. The help text of
// the command line and the table in the documentation are made from them.
//
// Opening what a setting names (databases, Redis, files) is not its business,
// with one exception: the sign-in token that an unconfigured server makes for
// itself.
package config

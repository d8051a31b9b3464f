// Package abi keeps the ledger of a version's full ABI: which changes have broken it since
// the last release, what PEP 605 then calls the next one, and the text of its announcement.
//
// PEP 605 was rejected; it's here as data, like the other schedules of internal/lifecycle.
// The package is pure: changes, releases and dates are arguments. It must not know git,
// GitHub, clocks or files.
package abi

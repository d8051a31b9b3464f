package ghtest

import (
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/hooks"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// What tests make and read of the packages below.
type (
	File   = gitstore.File
	Commit = gitstore.Draft

	PR             = world.NewPull
	Issue          = world.NewIssue
	RepoOptions    = world.RepoOptions
	MergeOptions   = world.MergeOptions
	Protection     = world.Protection
	RequiredReview = world.RequiredReview
	Weather        = world.Weather
	Write          = world.Write

	Fault    = api.Fault
	Hole     = api.Hole
	Request  = api.Request
	Exchange = api.Exchange

	Hook     = hooks.Hook
	Delivery = hooks.Delivery
)

// SecondaryLimit is the answer 403 of a secondary rate limit; with 0 it has no Retry-After.
func SecondaryLimit(wait time.Duration) Fault { return api.SecondaryLimit(wait) }

// SecondaryLimitOK is the answer 200 of a secondary rate limit, with a message instead of data, for REST and
// GraphQL; with 0 it has no Retry-After.
func SecondaryLimitOK(wait time.Duration) Fault { return api.SecondaryLimitOK(wait) }

// PrimaryLimit is the answer 403 of a spent rate limit that starts again at reset.
func PrimaryLimit(reset time.Time) Fault { return api.PrimaryLimit(reset) }

// TooManyRequests is the answer 429; with 0 it has no Retry-After.
func TooManyRequests(wait time.Duration) Fault { return api.TooManyRequests(wait) }

// BadGateway is the answer 502 with a page of HTML.
func BadGateway() Fault { return api.BadGateway() }

// Text is a regular file with that content.
func Text(content string) File { return File{Content: content} }

// Deleted is a path that the commit removes.
func Deleted() File { return File{Delete: true} }

package api

import (
	"time"
)

// failure is nil for most requests.
func (f *Front) failure(method, path string) *Fault {
	f.world.Lock()
	defer f.world.Unlock()
	weather, dice := f.world.Weather, f.world.Dice
	if dice == nil || dice.Float64() >= weather.Failing {
		return nil
	}
	ways := failures
	if weather.Waits {
		ways = append(ways[:len(ways):len(ways)], SecondaryLimit(0), SecondaryLimitOK(0), TooManyRequests(0))
	}
	if path == "/graphql" {
		ways = append(ways[:len(ways):len(ways)], graphqlFailures...)
	} else if method == "GET" {
		ways = append(ways[:len(ways):len(ways)], Fault{Status: 404}) // a replica that lags behind
	}
	fault := ways[dice.IntN(len(ways))]
	return &fault
}

// failures are those of any request ("Best practices for using the REST API", "Rate limits and query limits for the GraphQL API";
// cli/cli#4801 and #12715, renovate#8394).
var failures = []Fault{
	SecondaryLimit(time.Second), SecondaryLimitOK(time.Second), TooManyRequests(time.Second),
	{Status: 500}, BadGateway(), {Status: 503}, {Status: 504}, {Status: 401}, {Drop: true}, {Truncate: true}, {DropAfter: true},
}

var graphqlFailures = []Fault{
	{Status: 200, Body: `{"data":null,"errors":[{"message":"Something went wrong while executing your query. Please include ` + "`0123:4567`" + ` when reporting this issue."}]}`},
	{Status: 200, Body: `{"data":null,"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"Resource limits for this query exceeded."}]}`},
}

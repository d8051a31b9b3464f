// Package api is what every request meets before and after its endpoint: faults and bad weather, authentication, permissions, rate
// limits, conditional answers, and the record of requests. It must not know the endpoints: other packages add theirs.
package api

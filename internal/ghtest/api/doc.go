// Package api is what every request meets before and after its endpoint: faults and bad weather, authentication, permissions, rate
// limits, conditional answers, and the record of what was asked. It must not know the endpoints: the packages that have them add them.
package api

// Package graphql answers GitHub's GraphQL API from the world: execution.go runs a query over the nodes of the other files, mutation.go
// has the mutations, null.go what GitHub's schema says is never null. A field is a line to add to its node.
package graphql

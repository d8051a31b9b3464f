// Package world is the state of a small GitHub: accounts, repositories, issues, pull requests, and who may do what. It has every
// change that people, the App and GitHub itself make, checked as GitHub checks it, and emits an Event for each that GitHub reports.
//
// World is a lock: hold it to read or change anything. It must not know how requests come (HTTP, JSON, GraphQL),
// but it words its refusals as the REST API does (Refusal).
package world

package gh

// Endpoints are for tests of other packages.
var Endpoints = endpoints

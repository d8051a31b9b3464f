package ghtest

// Routes are the patterns of all endpoints.
func (s *Server) Routes() []string { return s.front.Routes() }

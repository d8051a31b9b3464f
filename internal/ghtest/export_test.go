package ghtest

// Routes are the patterns of all endpoints.
func (s *Server) Routes() []string {
	var all []string
	for _, e := range s.endpoints {
		all = append(all, e.rt.pattern)
	}
	return all
}

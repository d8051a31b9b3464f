package ghtest

import (
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Team makes a team of an organization, or gives it other members. It fires team.created, and membership events for who comes and goes.
func (s *Server) Team(org, slug string, logins ...string) error {
	s.world.Lock()
	defer s.world.Unlock()
	return s.world.SetTeam(org, slug, logins)
}

// DeleteTeam deletes a team; GitHub reports the team, and no member.
func (s *Server) DeleteTeam(org, slug string) error {
	return s.onTeam("deleting", org, slug, func(t *world.Team) error { s.world.DeleteTeam(t); return nil })
}

// JoinTeam makes people members.
func (s *Server) JoinTeam(org, slug string, logins ...string) error {
	return s.onTeam("joining", org, slug, func(t *world.Team) error {
		for _, login := range logins {
			s.world.Join(t, s.world.Account(login))
		}
		return nil
	})
}

// LeaveTeam takes members out.
func (s *Server) LeaveTeam(org, slug string, logins ...string) error {
	return s.onTeam("leaving", org, slug, func(t *world.Team) error {
		for _, login := range logins {
			if !s.world.Leave(t, s.world.Account(login)) {
				return fmt.Errorf("%s is no member", login)
			}
		}
		return nil
	})
}

// InviteToTeam invites people who are not in the organization: until they join, their membership is pending.
func (s *Server) InviteToTeam(org, slug string, logins ...string) error {
	return s.onTeam("inviting to", org, slug, func(t *world.Team) error {
		for _, login := range logins {
			t.Invite(s.world.Account(login))
		}
		return nil
	})
}

// onTeam finds a team and runs a change under the lock.
func (s *Server) onTeam(doing, org, slug string, change func(*world.Team) error) error {
	s.world.Lock()
	defer s.world.Unlock()
	t := s.world.Team(org, slug)
	if t == nil {
		return fmt.Errorf("%s team %s/%s: there is none", doing, org, slug)
	}
	if err := change(t); err != nil {
		return fmt.Errorf("%s team %s/%s: %w", doing, org, slug, err)
	}
	return nil
}

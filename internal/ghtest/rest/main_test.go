package rest_test

import (
	"os"
	"testing"

	"github.com/concorde-bot/concorde/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(suite.Tests{M: m}.Run()) }

package gh_test

const settingsPath = ".github/concorde.yml"

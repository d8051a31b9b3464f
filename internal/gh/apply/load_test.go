package apply

const settingsPath = ".github/concorde.yml"

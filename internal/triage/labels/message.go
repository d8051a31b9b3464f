package labels

const about = "Sets labels by the settings and `.github/labeler.yml`, once: after that, people decide."

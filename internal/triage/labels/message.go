package labels

const about = "Sets labels by the settings and the repository's `.github/labeler.yml`. " +
	"A suggested label is set once; after that, people decide."

package labels

// about is what the documentation says of the rule on labels.
const about = "Sets labels by the settings and by the repository's `.github/labeler.yml`. A suggested label is set once; what people do with it stands."

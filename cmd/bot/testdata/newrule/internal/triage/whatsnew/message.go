package whatsnew

const about = "Comments on a change in `Doc/whatsnew/` without a NEWS entry."

// note is for a change that What's New has, and the changelog doesn't.
const note = "This pull request changes What's New in Python, but doesn't add a NEWS entry. What's worth a line in What's New " +
	"usually needs one, too. If this only fixes the text, ignore this comment."

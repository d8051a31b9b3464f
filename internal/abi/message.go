package abi

// The announcements are PEP 605's examples ("Example Future Release Announcements"), in
// reStructuredText; what a person must add is left out.
const (
	textPreview   = "This is the %s preview release of Python %s."
	textCandidate = "This is the %s release candidate for Python %s. As a release candidate, this release is now feature complete, the full " +
		"CPython ABI is now frozen, and the pre-release marker has been removed from the ABI compatibility flags. " + textMonitored
	textLater = "This is the %s release candidate for Python %s. The full CPython ABI is frozen since %s.0rc1. " + textMonitored

	textFirst = " As an alpha release, it is" + textTesting
	textAlpha = " As an alpha release, it is NOT fully binary compatible with the preceding %s release. This release is" + textTesting
	textBeta  = " As a beta release, it is fully binary compatible with the preceding %s release. " + textMonitored

	textTesting = " intended for library and application compatibility testing and the creation of ABI compatible binary artifacts. It is " +
		"not recommended for use in production environments."
	textMonitored = "It is recommended for production use only in environments with sufficiently robust integration testing and operational " +
		"monitoring capabilities."

	headBreaks   = "Breaking changes in the full CPython ABI between %s and %s"
	textMetadata = "Projects that are supporting the rolling release stream and require a rebuild to restore binary compatibility should " +
		"add the following metadata to their updated release::"
	headFinal = "Preparation for the final %s.0 release"
	textFinal = "With the full CPython ABI now frozen, library developers targeting that ABI are encouraged to build and publish binaries " +
		"for the stable %s.x series."

	textNext          = "The next pre-release of Python %s is expected to be %s, currently scheduled for %s."
	textCandidateNext = "A %s release candidate is planned for %s, and then the final %s.0 release is planned for %s."
	textFinalNext     = "The final %s.0 release is planned for %s."
)

// The announcements of other schedules, in which a name doesn't tell whether the ABI broke.
const (
	textStage      = "This is the %s %s of Python %s."
	textMicro      = "This is a maintenance release of Python %s."
	textFirstOfAll = "This is Python %[1]s.0, the first stable release of Python %[1]s."

	textBreaks   = " Its full CPython ABI is NOT compatible with %s: extension modules may have to be rebuilt."
	textUnbroken = " No change is known to break the full CPython ABI since %s."
	textKeeps    = " Its full CPython ABI is compatible with %s."

	textRebuilt = "A project that has to be rebuilt needs this metadata, so that earlier pre-releases don't get its new version::"
	textAfter   = "The next release is %s, expected on %s."

	headStable = "Additions to the stable ABI since %s"
)

// words are ordinal numbers that texts spell out.
var words = []string{"zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
	"twelfth", "thirteenth", "fourteenth", "fifteenth"}

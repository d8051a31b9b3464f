package snapshot

const (
	blobFields = `__typename ...on Blob{oid byteSize isTruncated text}`
	pageFields = `pageInfo{hasNextPage endCursor}`
	growing    = pageFields + ` totalCount`
	common     = `id number title body createdAt updatedAt author` + person + ` authorAssociation closedAt `
	scalars    = common + `state isDraft baseRefName headRefOid changedFiles ` +
		`headRefName headRepository{owner{__typename login}} mergedAt mergedBy` + person +
		` mergeCommit{oid message parents(first:1){totalCount nodes{associatedPullRequests(first:50){nodes{number}}}} author{name email}}`
	issueScalars = common + `issueState:state`
	noteFields   = `id fullDatabaseId viewerDidAuthor author` + person + ` body createdAt updatedAt`
	// commentFields are for rules that read what people wrote.
	commentFields = noteFields + ` editor` + person + ` reactionGroups{content viewerHasReacted}`
)

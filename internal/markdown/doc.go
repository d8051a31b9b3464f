// Package markdown knows Markdown: what of a comment or a body GitHub shows as text,
// and how to write what strangers chose so that it stays text. The parser is
// rsc.io/markdown (CommonMark with GitHub's extensions); this package bounds it. It
// must not know what the text is for.
package markdown

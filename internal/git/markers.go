package git

import "bytes"

// HasMarkers reports whether a file still has git's conflict markers: a line that starts
// with "<<<<<<< ", and after it one that starts with ">>>>>>> ". Longer ones count too
// (the attribute conflict-marker-size) if both have the same length.
func HasMarkers(data []byte) bool { return len(hunks(data, 1)) > 0 }

// hunks finds up to limit places with markers.
func hunks(data []byte, limit int) []Hunk {
	var found []Hunk
	var open, size int // first line and size of the open marker
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if n := markerSize(line, '<'); n > 0 {
			open, size = number, n
		}
		if n := markerSize(line, '>'); n > 0 && open > 0 && n == size {
			found = append(found, Hunk{First: open, Last: number})
			open = 0
			if len(found) == limit {
				break
			}
		}
	}
	return found
}

// markerSize is the length of the marker that a line starts with, or 0. Git writes a
// space and a name after it.
func markerSize(line []byte, char byte) int {
	n := 0
	for n < len(line) && line[n] == char {
		n++
	}
	if n < 7 || n == len(line) || line[n] != ' ' {
		return 0
	}
	return n
}

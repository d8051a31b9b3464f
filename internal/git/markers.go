package git

import "bytes"

// HasMarkers tells whether a file still has conflict markers of git: a line that
// begins with "<<<<<<< ", and after it one that begins with ">>>>>>> ". Longer
// ones count too (the attribute conflict-marker-size) if both are as long.
func HasMarkers(data []byte) bool { return len(hunks(data, 1)) > 0 }

// hunks finds up to limit places with markers.
func hunks(data []byte, limit int) []Hunk {
	var found []Hunk
	var open, size int // first line and size of the marker that waits for its end
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

// markerSize is the length of the marker that a line begins with, 0 without. Git
// puts a space and a name behind it.
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

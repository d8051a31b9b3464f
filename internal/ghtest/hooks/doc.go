// Package hooks makes webhook payloads of the world's events and delivers them, signed and in order. Tests may hold deliveries back,
// drop, double or reorder them.
package hooks

package reconcile

import "time"

// SetLookTime makes tests of slow looks fast.
func SetLookTime(r *Reconciler, d time.Duration) { r.lookTime = d }

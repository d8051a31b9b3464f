package queue

const victimEnv = "CONCORDE_QUEUE_VICTIM"

func victim() {}

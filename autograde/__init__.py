"""What instructors and authors use: never part of a learner's copy."""

import atexit
import gc

# The garbage collector finds nothing while torch, nbgrader and dask are imported, nor as the
# program ends, and looking takes a third of the time that these take.
gc.set_threshold(50_000, 20, 20)
atexit.register(gc.freeze)

"""What Canopy stores and reads: contract, engines, ingest, points, demo bank, own state."""

import os

# Small matrices: threads of the linear algebra would only wait for each other (a forecast took
# twenty times the processor time with two of them). Read once, when numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

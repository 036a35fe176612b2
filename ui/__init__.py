"""What screens are made of: filters, data, cards, charts, tables and words."""

import os

# No `from __future__ import annotations` here: it would hide the module ui.annotations.
# Small matrices, many readers: threads of the linear algebra would only wait for each other (a
# forecast took eleven times as long with two of them on a busy machine). Read when numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ui import session
from words import i18n

i18n.within(session.running)

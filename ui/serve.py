"""Serves the cockpit: `python -m ui.serve --server.port 8501`, options as of `streamlit run`."""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

APP = Path(__file__).resolve().parent.parent / "app.py"


def serve(options: list[str]) -> None:
    """Run app.py.

    Streamlit takes a folder named pages for its older kind of navigation until the first script
    has run, and greets whoever opens a deep link before that with "Page not found".
    """
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(APP), *options]
    main()


if __name__ == "__main__":
    serve(sys.argv[1:])

"""Serves the cockpit: `python -m ui.serve --server.port 8501`, options as of `streamlit run`.

Where readers are not told apart (``viewers.source`` in config.yaml) the cockpit is for this
machine alone, and listens on no other address.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

from data.configuration import ConfigurationError
from data.settings import read_settings
from data.viewers import Viewers, address

APP = Path(__file__).resolve().parent.parent / "app.py"
HERE = "127.0.0.1"
OPTION = "--server.address"
READ_AHEAD = "CANOPY_READ_AHEAD"
"""Months that nobody has asked for yet are read while nobody waits; 0 keeps the server from it."""
PEERS_AS_THEY_ARE = "FORWARDED_ALLOW_IPS"
"""Set empty: otherwise the server takes a local peer's word for whose the connection is."""


def serve(options: list[str]) -> None:
    """Run app.py; SystemExit with what is wrong where it must not be served as asked.

    Streamlit takes a folder named pages for its older kind of navigation until the first script
    has run, and greets whoever opens a deep link before that with "Page not found".
    """
    try:
        viewers = read_settings(environment=os.environ).viewers
    except ConfigurationError as error:
        sys.exit(str(error))
    files = config.get_config_files("config.toml")
    listening = listen(options, configured(os.environ, files), viewers)
    os.environ[PEERS_AS_THEY_ARE] = ""
    os.environ.setdefault(READ_AHEAD, "1")
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(APP), *listening]
    main()


def listen(options: Sequence[str], configured: str, viewers: Viewers) -> list[str]:
    """The options with an address that the bank's way of knowing its readers allows.

    >>> listen(["--server.port", "8502"], "", Viewers())
    ['--server.port', '8502', '--server.address', '127.0.0.1']
    >>> listen(["--server.address=0.0.0.0"], "", Viewers())
    Traceback (most recent call last):
      ...
    SystemExit: Canopy does not listen on 0.0.0.0: with viewers.source demo in config.yaml nobody \
is asked who they are, so it answers on this machine alone. Set source: header first.
    """
    asked = wanted(options) or configured
    if asked.startswith("unix://"):
        sys.exit("Canopy does not listen on a socket file: it could not tell who is at its end.")
    if viewers.asked:
        return [*options]
    if asked and not _local(asked):
        sys.exit(
            f"Canopy does not listen on {asked}: with viewers.source {viewers.source} in "
            "config.yaml nobody is asked who they are, so it answers on this machine alone. "
            "Set source: header first."
        )
    return [*options] if wanted(options) else [*options, OPTION, asked or HERE]


def configured(environment: Mapping[str, str], files: Sequence[str]) -> str:
    """The address that Streamlit's variable or its files set, the last file counts; '' for none.

    Read without Streamlit, which would take options of the command line for a later change.
    """
    found = environment.get("STREAMLIT_SERVER_ADDRESS", "")
    for file in reversed(files):
        path = Path(file)
        if not found and path.is_file():
            written = tomllib.loads(path.read_text(encoding="utf-8"))
            found = str(written.get("server", {}).get("address", ""))
    return found


def wanted(options: Sequence[str]) -> str:
    """The address that the options ask for, the last one counts; '' for none."""
    found = ""
    for place, option in enumerate(options):
        if option == OPTION and place + 1 < len(options):
            found = options[place + 1]
        elif option.startswith(f"{OPTION}="):
            found = option.partition("=")[2]
    return found


def _local(asked: str) -> bool:
    found = address(asked)
    return asked == "localhost" if found is None else found.is_loopback


if __name__ == "__main__":
    serve(sys.argv[1:])

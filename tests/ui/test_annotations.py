"""What happened, on the series over time."""

from __future__ import annotations

import ui


def test_the_name_is_the_modules() -> None:
    """``from __future__ import annotations`` in the package once stood in the module's place."""
    from ui import annotations as found

    assert found.__name__ == "ui.annotations"
    assert not hasattr(ui, "__annotations__") or found is ui.annotations

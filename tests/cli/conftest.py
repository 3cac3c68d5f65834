from __future__ import annotations

from tests.end_to_end.conftest import bedroom

__all__ = ["bedroom"]

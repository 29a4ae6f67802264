from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def charts(settings, tmp_path: Path) -> None:
    """Whoever tests how a chart is drawn draws it."""
    settings.CHART_DIR = tmp_path / "charts"

"""Charts: one function a shape, one file each. They take frames of analytics and know no page."""

from ui.charts.axes import Chart
from ui.charts.bars import bars
from ui.charts.line import line

__all__ = ["Chart", "bars", "line"]

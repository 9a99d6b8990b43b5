"""Charts: one function a shape, one file each. They take frames of analytics and know no page."""

from ui.charts.axes import Chart
from ui.charts.bars import bars
from ui.charts.columns import columns
from ui.charts.curves import curves
from ui.charts.flow import PICK, flow
from ui.charts.funnel import funnel
from ui.charts.heat import heat
from ui.charts.histogram import histogram
from ui.charts.line import line
from ui.charts.stack import stack

__all__ = [
    "PICK",
    "Chart",
    "bars",
    "columns",
    "curves",
    "flow",
    "funnel",
    "heat",
    "histogram",
    "line",
    "stack",
]

"""Charts: one function a shape, one file each. They take frames of analytics and know no page."""

from ui.charts.axes import Chart
from ui.charts.bars import bars
from ui.charts.calendar import calendar
from ui.charts.columns import columns
from ui.charts.course import course
from ui.charts.curves import curves
from ui.charts.days import days
from ui.charts.flow import PICK, flow
from ui.charts.funnel import funnel
from ui.charts.heat import Named, heat
from ui.charts.histogram import histogram
from ui.charts.intervals import intervals
from ui.charts.line import line
from ui.charts.outlook import outlook
from ui.charts.panes import panes
from ui.charts.spread import spread
from ui.charts.stack import stack
from ui.charts.strips import strips
from ui.charts.watched import watched
from ui.charts.waterfall import waterfall
from ui.charts.world import off_the_map, world

__all__ = [
    "PICK",
    "Chart",
    "Named",
    "bars",
    "calendar",
    "columns",
    "course",
    "curves",
    "days",
    "flow",
    "funnel",
    "heat",
    "histogram",
    "intervals",
    "line",
    "off_the_map",
    "outlook",
    "panes",
    "spread",
    "stack",
    "strips",
    "watched",
    "waterfall",
    "world",
]

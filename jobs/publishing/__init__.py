"""Publishing: what others than the people themselves see of runs, downloads and ratings.

Runs are fed to `unpublished` as they are rolled up. When a day is over, the days of each package
and organisation become blocks of enough people, which are cut, kept and never changed.
"""

from jobs.publishing.feeding import feed
from jobs.publishing.passes import Publisher, publish, publish_due

__all__ = ["Publisher", "feed", "publish", "publish_due"]

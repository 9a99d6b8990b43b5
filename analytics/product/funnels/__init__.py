"""Funnels: how many of those who begin come how far, where the others stop, and how long it takes.

A *chain* is one event for each of the first steps: of one actor, each event serving one step, in
the order asked for, from the first to the last no longer than the window. Its first event, the
*entry*, lies in the range; the others may come after it. Events of the same instant may be taken
in any order. Filters keep or leave out events before any chain is looked for.

- *ordered*: the steps one after the other, with anything in between. *strict*: likewise, with no
  other event of the actor in between. *any*: in whatever order; step k is then "k of the steps".
- An *exclusion* spoils a chain when it happens after the entry and before the chain's last event.
  An actor whose furthest unspoilt chain is as long as the furthest of all counts with it; an
  actor who got further only past an exclusion is left out of all counts.
- An actor counts once, with the furthest chain; of several the one that begins last. It gives the
  value of a breakdown (of first events at one instant: the first value in alphabetical order) and
  the times: a step is reached at the earliest moment that this entry allows.
- Who has not come to the end is *maturing* while the window of that chain is open, else *lost*.
- Over time, each period is a funnel of its own: who enters in several periods counts in each.

The chains follow windowFunnel of ClickHouse, except that no event serves two steps.
"""

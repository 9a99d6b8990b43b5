"""Revenue: how MRR moves and where it is heading, what customers cost, bring in and pay."""

import streamlit as st

from analytics.business.revenue.acquisition import acquisition
from analytics.business.revenue.breakdown import revenue_by
from analytics.business.revenue.cohorts import cohorts
from analytics.business.revenue.currency import currencies
from analytics.business.revenue.forecast import forecast
from analytics.business.revenue.funnel import conversion
from analytics.business.revenue.lifetime import lifetime
from analytics.business.revenue.movements import movements
from analytics.business.revenue.payments import collected, failures, reasons
from analytics.business.revenue.pricing import prices
from analytics.business.revenue.settings import settings_of
from analytics.business.revenue.standing import standing
from analytics.business.revenue.trials import trials, trials_by_plan
from analytics.business.revenue.unpriced import unpriced
from ui import revenue, revenue_customers, revenue_payments
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all
from ui.revenue_settings import draw_settings, teach

viewer = enter("business")
filters = current_filters()
project_id = filters.project_id
known, settings, untold = fetch_all(
    ask(currencies, project_id), ask(settings_of, project_id), ask(unpriced, project_id)
)
if settings is None:
    st.stop()
if not known:
    teach()
    revenue.draw_unpriced(untold)
    draw_settings(project_id, settings)
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    asked = revenue.choose_months(filters)
    currency = revenue.choose_currency(known, settings.currency)
    part = revenue_customers.choose_part()
margin = settings.gross_margin
now, moved, kept, ahead, worth, won, parts, way = fetch_all(
    ask(standing, asked, currency),
    ask(movements, asked, currency),
    ask(cohorts, asked, currency),
    ask(forecast, asked, currency),
    ask(lifetime, asked, currency, margin),
    ask(acquisition, asked, currency, margin),
    ask(revenue_by, asked, currency, part),
    ask(conversion, asked, settings),
)
paid, failed, why, tried, plans, priced = fetch_all(
    ask(collected, asked, currency),
    ask(failures, asked, currency),
    ask(reasons, asked, currency),
    ask(trials, asked, currency),
    ask(trials_by_plan, asked, currency),
    ask(prices, asked, currency, margin),
)
revenue.draw_tiles(now, worth, won, settings)
revenue.draw_unpriced(untold)
revenue.draw_movements(moved, now, viewer, asked, currency)
revenue.draw_forecast(ahead, viewer, asked, currency)
revenue_customers.draw_breakdown(parts, part, viewer, asked, currency)
revenue_customers.draw_acquisition(won, viewer, asked, currency)
revenue_customers.draw_cohorts(kept, viewer, asked, currency)
left, right = st.columns(2)
with left:
    revenue_customers.draw_funnel(way, viewer, asked, settings)
with right:
    revenue_payments.draw_trials(tried, viewer, asked, currency)
revenue_payments.draw_payments(paid, failed, viewer, asked, currency)
left, right = st.columns(2)
with left:
    revenue_payments.draw_reasons(why, viewer, asked, currency)
with right:
    revenue_payments.draw_plans(plans, viewer, asked, currency)
revenue_payments.draw_prices(priced, viewer, asked, currency)
draw_settings(project_id, settings)

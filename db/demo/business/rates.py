"""How the demo's customers behave: what they pay, how they change, and what is spent on them."""

from db.demo.kinds import PRICES

MONTHS = 24  # of history, up to now
MONTH_DAYS = 30.4
FIRST_NEW, LAST_NEW = 14.0, 46.0  # customers won in the first and in the last month
MOST_LINKED = 1_500  # people of the product who are customers, at most

PRO, TEAM = "pro", "team"
TEAM_SHARE = 0.22
YEARLY_SHARE = 0.22
YEARLY_MONTHS = 10  # that a year costs
CENTS = {plan: round(price * 100) for plan, price in PRICES.items()}  # a month; of team, a pack
FORMER_PRO = 2_400  # what PRO cost before PRICE_ROSE months ago; who has it keeps it
PRICE_ROSE = 10
SECOND_CURRENCY = {"DE", "FR", "NL", "ES"}  # countries that pay in EUR, the same numbers
CURRENCIES = ("USD", "EUR")

CHURN = {PRO: 0.045, TEAM: 0.018}  # a month
DEARER = 1.35  # how much oftener those leave who pay the new price of PRO
NOT_RENEWED = 0.22  # of yearly subscriptions when they end
INCIDENT_CHURN = 2.5  # how much oftener they leave in the AFTER_INCIDENT days after the incident
AFTER_INCIDENT = 30
GROWS, SHRINKS = 0.055, 0.012  # of teams a month, by one pack
MOVES_UP, MOVES_DOWN = 0.018, 0.010  # from PRO to TEAM and back
RETURNS, RETURN_DAYS = 0.10, (40, 130)  # of those who left, after so many days

TRIED = 0.5  # of customers began with a trial
TRIAL_DAYS = 14
TRIALS_WON = 0.58  # of trials

FAILS = 0.05  # of invoices at the first try
RECOVERED = 0.68  # of those, at one of the later tries
TRY_AGAIN = (3, 5, 7)  # days after the first try; after the last the subscription ends
REASONS = ("card_declined", "insufficient_funds", "expired_card", "processing_error")
REFUNDED = 0.012  # of payments

COST = {  # cents that it takes to win a customer, by channel
    "paid_search": 21_000,
    "newsletter": 5_500,
    "referral": 4_000,
    "organic": 3_000,
}

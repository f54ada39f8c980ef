"""Forecasts the rest of the spend of budget periods: numbers in, numbers out.

`forecast` makes the totals and the days ahead; `backtest` replays past periods beside what people do
by hand, and `summarise` says who was how far off.
"""

from spaceledger.forecast.backtest import backtest, month_replays, summarise
from spaceledger.forecast.periods import METHODS, Forecast, forecast

__all__ = ["METHODS", "Forecast", "backtest", "forecast", "month_replays", "summarise"]

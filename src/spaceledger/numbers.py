"""The numbers SQL cannot make, joined to the models that ask for them: `computed:` in a header names one."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from spaceledger.anomalies import expected_range
from spaceledger.forecast import backtest, forecast
from spaceledger.warehouse.computed import Compute


def _forecast(history: pa.Table, outlook: pa.Table) -> Mapping[str, pa.Table]:
    made = forecast(history, outlook.rename_columns({"left_to_spend": "left"}))
    return {"core.budget_forecast": made.totals, "core.budget_forecast_daily": made.daily}


def _spend_forecast(history: pa.Table, outlook: pa.Table) -> Mapping[str, pa.Table]:
    wanted = history.select(["scope_id", "usage_date", "spend", "is_complete"])
    made = forecast(wanted, outlook.rename_columns({"left_to_spend": "left"}))
    unused = ["breach_probability", "breach_date"]
    return {"core.spend_forecast": made.totals.drop_columns(unused)}


def _expected_range(history: pa.Table) -> Mapping[str, pa.Table]:
    spaces = pc.match_substring(history["scope_id"], ":space/")
    complete = history.filter(pc.and_(spaces, history["is_complete"]))
    names = ["scope_id", "usage_date", "spend", "complete_through"]
    made = expected_range(complete.select(names).rename_columns({"complete_through": "last_day"}))
    return {"core.expected_spend": made.drop_columns(["spend"])}


def _backtest(history: pa.Table, replays: pa.Table) -> Mapping[str, pa.Table]:
    return {"core.replayed_forecast": backtest(history, replays)}


COMPUTE: Mapping[str, Compute] = {
    "forecast": _forecast,
    "spend_forecast": _spend_forecast,
    "backtest": _backtest,
    "expected_range": _expected_range,
}

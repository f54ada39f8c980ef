// The panels of budgets: where each stands, how it burns, and what has none.
"use strict";
(function (own) {
  const { number, money, count, label, ratio } = own.values;
  const { palette, charts } = own;
  const FARTHEST = 2.5; // times the amount; beyond it the axis would squeeze every other budget

  // Budgets now, of a page of a space its own. Those of domains stand with the spaces.
  async function budgets(view) {
    const rows = await own.rows(own.pageSpace ? "space_budgets" : "budgets");
    const found = own.records(rows, own.select(rows, own.beyond(view), "0000", "9999"));
    return { rows, found };
  }

  const period = (one) => {
    const [first, last] = [one.period_start, one.period_end];
    if (first.endsWith("-01") && own.filters.lastOf(first.slice(0, 7)) === last)
      return own.values.month(first.slice(0, 7));
    return first + " to " + last;
  };
  const shareOf = (amount, whole) => (amount === null ? null : number(amount) / number(whole));
  const statusOf = (one) => own.words.budgets[one.status][0];

  own.draws.budget_tiles = async function (panel, view) {
    const { found } = await budgets(view);
    const many = (...names) => found.filter((one) => names.includes(one.status)).length;
    const over = many("breached", "breach_forecast");
    return {
      tiles: [
        {
          label: "Budgets that do not hold",
          value: count(over),
          tone: over ? "warn" : "good",
          detail: count(many("breached")) + " breached, " + count(many("breach_forecast")) + " forecast to be",
          means: "Budgets whose amount is reached, or will more likely than not be reached before the period ends.",
        },
        {
          label: "To watch",
          value: count(many("watch")),
          detail: "close to the amount, or may reach it",
          means: "Spent at least the lowest warn_at of the amount, or reached with a chance of one in five.",
        },
        {
          label: "Hold",
          value: count(many("ok")),
          detail: "of " + count(found.length) + " budgets now, " + count(many("no_data")) + " without a charge",
          means: "Budgets that none of the above fits.",
        },
        {
          label: "Of spaces nobody has seen",
          value: count(many("unknown_scope")),
          tone: many("unknown_scope") ? "warn" : "",
          detail: many("unknown_scope") ? "check the ARN in the configuration" : "every budget has its space",
          means: "Budgets of a space or domain that no bill, trail or API has ever named.",
        },
      ],
    };
  };

  own.draws.bullets = async function (panel, view) {
    const { rows, found } = await budgets(view);
    const priced = found.filter((one) => one.amount !== null && one.amount > 0n);
    const shown = priced.slice(0, 30);
    const cut = (value) => Math.min(value === null ? 0 : value, FARTHEST);
    const names = shown.map((_, at) => at);
    const words = shown.map(
      (one) =>
        label(one.budget_name) +
        "<br>" +
        label(statusOf(one)) +
        "<br>spent " +
        money(one.spent) +
        " of " +
        money(one.amount) +
        " " +
        label(one.billing_currency) +
        "<br>forecast " +
        money(one.forecast) +
        " (" +
        money(one.forecast_low) +
        " to " +
        money(one.forecast_high) +
        ")",
    );
    const band = {
      low: shown.map((one) => cut(shareOf(one.forecast_low, one.amount))),
      high: shown.map((one) => cut(shareOf(one.forecast_high, one.amount))),
    };
    const bar = (name, x, base, width, marker) => ({
      type: "bar",
      orientation: "h",
      name,
      y: names,
      x,
      base,
      width,
      marker,
      customdata: words,
      hovertemplate: "%{customdata}<extra></extra>",
    });
    const spent = shown.map((one) => shareOf(one.spent, one.amount));
    const data = [
      bar(
        "Forecast, 80 % band",
        band.high.map((high, at) => (shown[at].forecast === null ? 0 : Math.max(high - band.low[at], 0.004))),
        band.low,
        0.46,
        { color: palette.SKY, opacity: 0.75 },
      ),
      bar("Spent", spent.map(cut), 0, 0.22, { color: spent.map((value) => (value >= 1 ? palette.RED : palette.BLUE)) }),
      {
        type: "scatter",
        mode: "markers",
        name: "Plan today",
        y: names,
        x: shown.map((one) => cut(shareOf(one.planned, one.amount))),
        marker: { symbol: "line-ns", size: 18, line: { width: 2.5, color: palette.AMBER } },
        hovertemplate: "plan today: %{x:.0%} of the amount<extra></extra>",
      },
    ];
    const layout = charts.layout({
      height: 96 + 48 * shown.length,
      barmode: "overlay",
      hovermode: "closest",
      annotations: charts.namesAbove(shown.map((one) => one.budget_name)),
      yaxis: charts.rowsAxis(shown.length),
      xaxis: { tickformat: ".0%", tickangle: 0, nticks: 8, rangemode: "tozero", showgrid: true, automargin: true },
      shapes: [{ type: "line", x0: 1, x1: 1, yref: "paper", y0: 0, y1: 1, line: { color: palette.RED, width: 1.5 } }],
      margin: { l: 8, r: 16, t: 8, b: 8 },
    });
    return {
      tables: [rows],
      figure: { data, layout },
      table: standing(found, view),
      lead:
        (priced.length > shown.length ? "The " + shown.length + " gravest of " + count(priced.length) + ". " : "") +
        (found.length > priced.length
          ? count(found.length - priced.length) + " with an amount of 0 have no bar. "
          : "") +
        (spent.some((value) => value > FARTHEST) ? "Bars end at " + ratio(FARTHEST) + " of the amount." : ""),
    };
  };

  function standing(found, view) {
    return {
      folded: null,
      columns: [
        { key: "budget", label: "Budget", kind: "link" },
        { key: "status", label: "Status", kind: "text" },
        { key: "amount", label: "Amount", kind: "money", unit: view.currency },
        { key: "spent", label: "Spent", kind: "money", unit: view.currency },
        { key: "left", label: "Left", kind: "money", unit: view.currency },
        { key: "forecast", label: "Forecast", kind: "money", unit: view.currency },
        { key: "low", label: "From", kind: "money", unit: view.currency, minor: true },
        { key: "high", label: "To", kind: "money", unit: view.currency, minor: true },
        { key: "chance", label: "Chance to reach it", kind: "share" },
        { key: "reached", label: "Reached on", kind: "term" },
        { key: "past", label: "Forecasts like this", kind: "text", minor: true },
      ],
      rows: found.map((one) => [
        {
          text: one.budget_name,
          detail: one.scope_arn,
          under: period(one) + (one.owner ? ", " + one.owner : ""),
          href: own.href("budgets", view) + mark(view, one),
        },
        { text: statusOf(one), sort: one.severity },
        one.amount,
        one.spent,
        one.remaining,
        one.forecast,
        one.forecast_low,
        one.forecast_high,
        chance(one),
        {
          text: one.breach_date === null ? "" : (one.status === "breached" ? "" : "about ") + one.breach_date,
          sort: one.breach_date || "",
        },
        one.past_forecasts || "too few past periods",
      ]),
      total: null,
    };
  }
  // Nothing that is forecast is certain.
  function chance(one) {
    const value = one.breach_probability;
    if (one.status === "breached") return { text: "reached", sort: 1 };
    if (value === null || (value >= 0.005 && value < 0.995)) return value;
    return { text: value < 0.5 ? "<1%" : ">99%", sort: value };
  }

  // A link to a budget opens its burn-up.
  const mark = (view, one) => {
    const href = own.href("budgets", view);
    return (href.includes("#") ? "&" : "#") + "budget=" + one.budget_number;
  };

  const day = (rows, at) => rows.column("day")[at];
  own.draws.burn_up = async function (panel, view) {
    const { rows, found } = await budgets(view);
    if (!found.length) return { tables: [rows], table: { columns: [], rows: [], empty: panel.empty } };
    const one = found.find((each) => String(each.budget_number) === view.options.budget) || found[0];
    const days = await own.rows("budget_burn", (shard) => shard === String(one.budget_number));
    const every = [...Array(days.rows).keys()];
    const [spent, plan, ahead, low, high] = [
      "spent_to_date",
      "plan_to_date",
      "is_forecast",
      "forecast_low",
      "forecast_high",
    ].map(days.column);
    const past = every.filter((at) => !ahead[at] && spent[at] !== null);
    const coming = every.filter((at) => ahead[at] && spent[at] !== null);
    // The cone begins where the known line ends.
    const joined = coming.length ? [...past.slice(-1), ...coming] : [];
    const line = (name, list, values, more) =>
      Object.assign({ name, xs: list.map((at) => day(days, at)), ys: list.map((at) => number(values(at))) }, more);
    const lines = [
      line("80 % band from", joined, (at) => (low[at] === null ? spent[at] : low[at]), {
        color: palette.SKY,
        width: 0,
        listed: false,
      }),
      line("80 % band", joined, (at) => (high[at] === null ? spent[at] : high[at]), {
        color: palette.SKY,
        width: 0,
        fill: "tonexty",
      }),
      line("Forecast", joined, (at) => spent[at], { color: palette.BLUE, dash: "dot" }),
      line("Plan", every, (at) => plan[at], { color: palette.GREY, dash: "dash", width: 1.5 }),
      line("Spent", past, (at) => spent[at], { color: palette.BLUE, width: 3 }),
      line("Amount", [every[0], every[every.length - 1]], () => one.amount, { color: palette.RED, width: 1.5 }),
    ].filter((each) => each.xs.length && each.xs[0] !== undefined);
    const options = found.map((each) => [String(each.budget_number), each.budget_name + ", " + period(each)]);
    const outlook =
      one.forecast === null
        ? "no forecast, as nothing is known of it"
        : "forecast " +
          money(one.forecast) +
          " (" +
          money(one.forecast_low) +
          " to " +
          money(one.forecast_high) +
          ", " +
          one.forecast_method +
          ")";
    return {
      tables: [rows],
      controls: [own.choice("Budget", "budget", options, String(one.budget_number))],
      lead:
        own.words.budgets[one.status][1] +
        ". Spent " +
        money(one.spent) +
        " of " +
        money(one.amount) +
        " " +
        one.billing_currency +
        "; " +
        outlook +
        ".",
      figure: charts.lines(lines, one.billing_currency),
      table: {
        name: "burn-up",
        columns: [
          { key: "day", label: "Through", kind: "term" },
          { key: "spent", label: "Spent", kind: "money", unit: one.billing_currency },
          { key: "plan", label: "Plan", kind: "money", unit: one.billing_currency },
          { key: "low", label: "Band from", kind: "money", unit: one.billing_currency },
          { key: "high", label: "Band to", kind: "money", unit: one.billing_currency },
          { key: "is", label: "Forecast", kind: "term" },
        ],
        rows: every.map((at) => [day(days, at), spent[at], plan[at], low[at], high[at], ahead[at] ? "yes" : ""]),
      },
    };
  };
})(window.spaceledger);

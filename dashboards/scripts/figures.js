// The key figures of the summary: each with its change, a small trend and what it means.
"use strict";
(function (own) {
  const { number, share, changed, change, ratio, count, month, money } = own.values;
  const { before, lastOf } = own.filters;
  const plain = (value) => (typeof value === "bigint" ? number(value) : value);
  const orNothing = (amount) => (amount === null ? 0n : amount);

  // A month that is not over, or whose newest days are not in the bills.
  const isOpen = (view) =>
    view.to < lastOf(view.to.slice(0, 7)) ||
    ((own.build.data_through || "") < lastOf(view.to.slice(0, 7)) && !own.build.is_monthly);

  // The month that figures known by month stand for.
  const whole = (view) =>
    (view.to < lastOf(view.to.slice(0, 7)) && view.to !== own.filters.defaults().to ? "the whole of " : "") +
    month(view.to.slice(0, 7));

  own.isOpen = isOpen;

  // Budgets, forecasts and the like are of one measure and of the day of the build, whatever the filters ask.
  function fixed(view, one, asOf) {
    const usual = own.filters.defaults();
    const notes = [];
    if (view.measure !== usual.measure) notes.push(own.words.measures[usual.measure][0].toLowerCase());
    if (asOf && (view.to !== usual.to || own.build.as_of.slice(0, 7) !== view.to.slice(0, 7)))
      notes.push("as of " + own.build.as_of);
    return Object.assign(one, notes.length ? { detail: [one.detail, ...notes].filter(Boolean).join("; ") } : {});
  }

  // Sums of a column by month, for the months of a trend.
  function monthly(rows, chosen, column, name, months) {
    const key = rows.column(column);
    const groups = own.groups(chosen, (row) => key[row]);
    return months.map((period) => (groups.has(period) ? number(own.sum(rows, groups.get(period), name)) : null));
  }
  const { lastMonths } = own;

  async function spending(view, like) {
    const period = view.to.slice(0, 7);
    const start = before(period) + "-01";
    const rows = await own.spendDays(view, start, view.to);
    const sum = (from, to) => own.sum(rows, own.select(rows, view, from, to), view.measure);
    const spent = sum(period + "-01", view.to);
    const [now, then] = like ? [sum(like.from, like.to), sum(like.start, like.end)] : [null, null];
    const everything = own.sum(
      rows,
      own.select(rows, Object.assign({}, view, { show: "all", team: "", space: "" }), period + "-01", view.to),
      view.measure,
    );
    const chosen = own.select(rows, view, start, view.to);
    const days = rows.column("usage_date");
    const byDay = own.groups(chosen, (row) => days[row]);
    const trend = [...byDay.keys()].sort().map((day) => number(own.sum(rows, byDay.get(day), view.measure)));
    const part = view.show === "all" ? "" : " of " + money(everything) + " for all SageMaker cost";
    return [
      {
        label: month(period) + (isOpen(view) ? " so far" : ""),
        amount: orNothing(spent),
        unit: view.currency,
        trend,
        detail: own.filters.SHOWN[view.show] + part,
        means:
          "All cost of the month through " +
          view.to +
          " that the filters show, in " +
          own.words.measures[view.measure][0] +
          ".",
      },
      {
        label: "Change, like for like",
        value: change(changed(now, then)),
        trend,
        detail: like ? money(now) + " against " + money(then) + " " + view.currency : "nothing to compare yet",
        means: like
          ? like.from +
            " to " +
            like.to +
            (like.to === lastOf(like.to.slice(0, 7)) ? "" : ", the newest day that is all there,") +
            " against " +
            like.start +
            " to " +
            like.end +
            "."
          : own.unlike,
      },
    ];
  }

  // What the months before came to, for a trend that ends in the forecast.
  async function monthsBefore(view) {
    const rows = await own.spendMonths(view);
    const months = lastMonths(view, 12).slice(0, 11);
    const chosen = own.select(rows, view, months[0] + "-01", lastOf(months[10]));
    return monthly(rows, chosen, "billing_period", view.measure, months);
  }

  // The forecast that was made for what the filters show, or else the sum of those of its spaces.
  async function forecast(view) {
    // Those of spaces come when a view asks for them.
    const ofSpaces = view.account || view.team || view.space || (view.domain && view.show !== "all");
    const rows = await own.rows(ofSpaces ? "forecasts" : "first_forecasts");
    const all = own
      .records(rows)
      .filter((one) => one.billing_currency === view.currency && one.month === view.to.slice(0, 7));
    const means =
      "What the month will have cost by its end, in the measure that budgets count, without tax, credits and unused commitment. The band holds four outcomes out of five.";
    const label = "Forecast, " + month(view.to.slice(0, 7));
    const isNewest = view.to.slice(0, 7) === own.filters.defaults().to.slice(0, 7);
    if (!all.length)
      return {
        label,
        value: "–",
        detail: own.build.is_monthly
          ? "none: the bill is by month"
          : isNewest
            ? "no usage to go by"
            : "made for the newest month alone",
        means,
      };
    const only = (key) =>
      ["account", "domain", "team", "space"].every((name) => (name === key) === Boolean(view[name]));
    let found = null;
    if (only(null)) found = all.find((one) => one.scope === "sum" && one.scope_key === view.show);
    if (only("space")) found = all.find((one) => one.scope === "space" && one.space_arn.page === view.space);
    if (only("domain") && view.show === "all")
      found = all.find((one) => one.scope === "domain" && one.domain_arn === view.domain);
    const past = view.space || view.team || view.account || view.domain ? [] : await monthsBefore(view);
    if (found)
      return {
        label,
        amount: found.forecast,
        unit: view.currency,
        detail: money(found.forecast_low) + " to " + money(found.forecast_high),
        means,
        trend: [...past, number(found.forecast)],
      };
    const chosen = own.select(rows, view, "0000", "9999").filter((row) => rows.column("scope")[row] === "space");
    return {
      label,
      amount: own.sum(rows, chosen, "forecast"),
      unit: view.currency,
      detail: chosen.length
        ? "the sum of " + count(chosen.length) + " spaces alone, without a band"
        : "no space here has a forecast",
      means,
    };
  }

  async function standings(view) {
    const [rows, past] = await Promise.all([own.rows("standings"), own.rows("standings_past")]);
    const now = own.select(rows, view, "0000", "9999");
    const [isBad, status] = ["is_over_or_near", "status"].map(rows.column);
    const bad = now.filter((row) => isBad[row]);
    const over = bad.filter((row) => status[row] === "breached").length;
    const months = lastMonths(view, 7).slice(0, 6);
    const ended = own.groups(
      view.space ? [] : own.select(past, view, "0000", "9999"),
      (row) => past.column("month")[row],
    );
    const trend = (name) =>
      months.map((period) => (ended.has(period) ? plain(own.sum(past, ended.get(period), name)) : null));
    const left = own.sum(rows, now, "remaining");
    return [
      {
        label: "Budget left",
        amount: left,
        unit: view.currency,
        href: own.href("budgets", view),
        detail: now.length
          ? "of " +
            money(own.sum(rows, now, "amount")) +
            " in " +
            count(now.length) +
            (now.length === 1 ? " budget" : " budgets") +
            " of spaces"
          : "no space shown has a budget",
        trend: trend("remaining"),
        means:
          "What the budgets of these spaces leave in their present periods, one budget a space: the one that ends first. Budgets of domains stand on the page Budgets.",
      },
      {
        label: "Spaces over or near budget",
        value: count(bad.length),
        tone: bad.length ? "warn" : "good",
        href: own.href("budgets", view),
        detail: count(over) + " over, " + count(bad.length - over) + " near or likely to be",
        trend: trend("breached_count"),
        means:
          "Spaces of whose budgets one is breached, is forecast to be, or is to be watched. The trend counts budgets that ended breached.",
      },
    ];
  }

  async function withoutBudget(view) {
    const rows = await own.rows("without_budget");
    const months = lastMonths(view, 6);
    const chosen = own.select(rows, own.beyond(view), months[0] + "-01", view.to);
    const period = rows.column("billing_period");
    const now = chosen.filter((row) => period[row] === view.to.slice(0, 7));
    return {
      label: "Spend without a budget",
      amount: orNothing(own.sum(rows, now, "spent")),
      unit: view.currency,
      href: own.href("budgets", view),
      detail: whole(view),
      trend: monthly(rows, chosen, "billing_period", "spent", months).map((amount) => amount || 0),
      means: "What budgets would count in the month and no budget of a space or domain does.",
    };
  }

  async function coverage(view) {
    const rows = await own.rows("coverage");
    const months = lastMonths(view, 12);
    const chosen = own.select(rows, view, months[0] + "-01", view.to);
    const [period, method, names] = ["billing_period", "attribution_method", "names_space"].map(rows.column);
    const usage = own.groups(chosen, (row) => period[row]);
    const sum = (list) => orNothing(own.sum(rows, list, "effective_cost"));
    const shareOf = (at) => share(sum((usage.get(at) || []).filter((row) => names[row])), sum(usage.get(at) || []));
    const lostOf = (at) => sum((usage.get(at) || []).filter((row) => method[row] === "unattributed"));
    const now = view.to.slice(0, 7);
    return [
      {
        label: "Usage that names its space",
        value: ratio(shareOf(now)),
        href: own.href("trust", view),
        trend: months.map(shareOf),
        detail: "of the effective cost of usage, " + whole(view),
        means:
          "Coverage: cost of usage that a tag, a resource, an earlier line or a recorded call ties to a space, over that of all usage in the ledger. Space, team and cost measure do not narrow it.",
      },
      {
        label: "Unattributed",
        amount: lostOf(now),
        unit: view.currency,
        href: own.href("trust", view),
        trend: months.map((at) => number(lostOf(at))),
        detail:
          ratio(share(lostOf(now), sum(usage.get(now) || []))) +
          " of usage, " +
          whole(view) +
          (view.measure === "effective_cost" ? "" : "; effective cost"),
        means: "SageMaker usage that nothing on the bill or in the trail ties to a space, a user profile or a domain.",
      },
    ];
  }

  own.draws.key_figures = async function (panel, view) {
    const like = own.likeForLike(view);
    const [[spent, moved], ahead, [left, bad], none, [covered, lost], active, idle] = await Promise.all([
      spending(view, like),
      forecast(view),
      standings(view),
      withoutBudget(view),
      coverage(view),
      own.attendance.people(view),
      own.attendance.unattended(view),
    ]);
    const tiles = [
      spent,
      fixed(view, ahead),
      moved,
      fixed(view, left, true),
      fixed(view, bad, true),
      fixed(view, none),
      covered,
      lost,
      active,
      fixed(view, idle, true),
    ];
    return { tiles };
  };
})(window.spaceledger);

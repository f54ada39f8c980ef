// Key figures of people, and of what ran without them.
"use strict";
(function (own) {
  const { count, month, money } = own.values;
  const { before, lastOf } = own.filters;
  const orNothing = (amount) => (amount === null ? 0n : amount);
  // The months that end with a view's own.
  own.lastMonths = (view, many) => [...Array(many).keys()].map((back) => before(view.to.slice(0, 7), many - 1 - back));
  const { lastMonths } = own;

  // Of a month that the view ends within.
  async function peopleThrough(view) {
    const from = view.to.slice(0, 7) + "-01";
    const rows = await own.dataset("people_days", view, from, view.to);
    return new Set(own.select(rows, view, from, view.to).map((row) => rows.column("user_name")[row])).size;
  }

  async function people(view) {
    const months = lastMonths(view, 4);
    const rows = await own.dataset("people_months", view, months[0] + "-01", view.to);
    const chosen = own.select(rows, view, months[0] + "-01", view.to);
    const [period, name] = [rows.column("billing_period"), rows.column("user_name")];
    const isTold = await own.isTold(view, view.to.slice(0, 7) + "-01", view.to);
    const counts = months.map(
      (at) => new Set(chosen.filter((row) => period[row] === at && name[row] !== null).map((row) => name[row])).size,
    );
    if (
      view.to < lastOf(view.to.slice(0, 7)) &&
      view.to !== own.filters.defaults().to &&
      view.to >= own.build.daily_from
    )
      counts[3] = await peopleThrough(view);
    return {
      label: "Active people",
      value: isTold ? count(counts[3]) : "–",
      href: own.href("activity", view),
      trend: counts,
      detail: isTold ? count(counts[2]) + " in " + month(months[2]) : "no trail tells of these days",
      means: "Distinct people whom a recorded call of the month identifies at work in one of these spaces.",
    };
  }

  async function unattended(view) {
    const rows = await own.rows("unattended_spaces");
    const chosen = own.select(rows, view, "0000-00-00", "9999-12-31");
    const isTold = await own.isTold(view, own.build.shown_from, own.build.shown_to);
    const [low, high] = ["cost_low", "cost_high"].map((name) => orNothing(own.sum(rows, chosen, name)));
    return {
      label: "While nobody was there",
      value: !isTold ? "–" : high === low ? money(high) : money(low) + " to " + money(high),
      unit: view.currency,
      href: own.href("unattended", view),
      detail: isTold ? "in the last 30 days" : "no trail tells of these days",
      means:
        "Cost of apps that ran, and of storage, while no recorded call shows a person at work. A range, because work in a notebook need not call AWS.",
    };
  }

  own.attendance = { people, unattended };
})(window.spaceledger);

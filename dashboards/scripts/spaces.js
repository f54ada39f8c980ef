// The table of all spaces, and what only the page of one space shows.
"use strict";
(function (own) {
  const { money, count, changed, change, month } = own.values;

  const orNull = (groups, space, rows, name) => (groups.has(space) ? own.sum(rows, groups.get(space), name) : null);

  // Each space by itself, never folded; the days that pages open with are added up already.
  function spaceSpend(view, from, to) {
    const usual = own.filters.defaults();
    if (view.from === usual.from && view.to === usual.to) return own.rows("space_totals");
    return own.spendDays(Object.assign({}, view, { space: view.space || " " }), from, to);
  }

  own.draws.spaces = async function (panel, view) {
    const like = own.likeForLike(view);
    const start = view.to.slice(0, 7) + "-01";
    const [rows, days, standings, people, told] = await Promise.all([
      spaceSpend(view, view.from, view.to),
      spaceSpend(view, own.filters.before(view.to.slice(0, 7)) + "-01", view.to),
      own.rows("standings"),
      own.dataset("people_months", view),
      own.rows("told_days"),
    ]);
    const of = (table, name, from, to) => {
      const spaces = table.column("space_arn");
      const chosen = own
        .select(table, view, from, to)
        .filter((row) => !table.has("days") || table.column("days")[row] === name);
      return own.groups(chosen, (row) => spaces[row]);
    };
    const [shown, month] = [of(rows, "shown", view.from, view.to), of(days, "month", start, view.to)];
    const [now, then] = like
      ? [of(days, "now", like.from, like.to), of(days, "then", like.start, like.end)]
      : [new Map(), new Map()];
    const status = new Map(
      own.records(standings, own.select(standings, view)).map((one) => [one.space_arn, one.status]),
    );
    const names = people.column("user_name");
    const seen = own.groups(own.select(people, view), (row) => people.column("space_arn")[row]);
    // Where no trail tells, silence means nothing.
    const isTold = new Set(own.select(told, view).map((row) => told.column("account_id")[row]));
    const spaces = own
      .spaces()
      .filter(
        (space) =>
          space.page &&
          own.passes(space, view) &&
          (!view.account || space.account_id === view.account) &&
          (!view.domain || space.domain_arn === view.domain),
      );
    const lines = spaces.map((space) => {
      const [spent, recent] = [orNull(shown, space, rows, view.measure), orNull(month, space, days, view.measure)];
      const [later, earlier] = [now, then].map((side) => orNull(side, space, days, view.measure));
      return {
        space,
        spent,
        recent,
        later,
        earlier,
        cells: [
          own.spaceLink(space, view),
          space.domain_title,
          space.account_id,
          space.team,
          space.owner,
          space.sharing_type + (space.is_sharing_known ? "" : " (unknown)"),
          spent,
          recent,
          changed(later, earlier),
          status.has(space)
            ? {
                text: own.words.budgets[status.get(space)][0],
                sort: Object.keys(own.words.budgets).indexOf(status.get(space)),
              }
            : "",
          isTold.has(space.account_id) || seen.has(space)
            ? new Set((seen.get(space) || []).map((row) => names[row])).size
            : null,
          (space.last_activity_at || "").slice(0, 10),
        ],
      };
    });
    lines.sort((one, other) =>
      (other.spent || 0n) > (one.spent || 0n) ? 1 : (other.spent || 0n) < (one.spent || 0n) ? -1 : 0,
    );
    const sum = (key) => lines.reduce((all, one) => (one[key] === null ? all : (all || 0n) + one[key]), null);
    return {
      tables: [rows],
      lead:
        own.span(view) +
        ". The month: " +
        start +
        " to " +
        view.to +
        (like
          ? "; like for like: " + like.from + " to " + like.to + " against " + like.start + " to " + like.end
          : "") +
        ".",
      table: {
        columns: [
          { key: "space", label: "Space", kind: "link" },
          { key: "domain", label: "Domain", kind: "text", minor: true },
          { key: "account", label: "Account", kind: "term", minor: true },
          { key: "team", label: "Team", kind: "text", minor: true },
          { key: "owner", label: "Owner", kind: "text", minor: true },
          { key: "sharing", label: "Sharing", kind: "term", minor: true },
          { key: "spent", label: "Spend", kind: "money", unit: view.currency },
          { key: "recent", label: "In the month", kind: "money", unit: view.currency },
          { key: "change", label: "Like for like", kind: "change" },
          { key: "budget", label: "Budget", kind: "term" },
          { key: "people", label: "People", kind: "count" },
          { key: "seen", label: "Last activity", kind: "date", minor: true },
        ],
        rows: lines.map((one) => one.cells),
        total: [
          "Total",
          "",
          "",
          "",
          "",
          "",
          sum("spent"),
          sum("recent"),
          changed(sum("later"), sum("earlier")),
          "",
          "",
          "",
        ],
      },
    };
  };
})(window.spaceledger);

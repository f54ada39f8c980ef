// What only the page of one space shows, and what changed since a build.
"use strict";
(function (own) {
  const { number, money, count, changed, change, month } = own.values;
  const { palette, charts } = own;

  own.draws.facts = async function () {
    const space = own.spaces().find((one) => one.page === own.pageSpace);
    const facts = [
      ["Space ARN", space.space_arn, "code"],
      ["Name in AWS", space.space_name],
      ["Domain", space.domain_title],
      ["Account", space.account_id],
      ["Region", space.region],
      ["Sharing", space.is_sharing_known ? space.sharing_type : "unknown, counts as shared"],
      ["Team", space.team || "not in the owners file"],
      ["Owner", space.owner || "not in the owners file"],
      ["Cost centre", space.cost_centre],
      ["App type", space.app_type],
      ["Storage", space.storage_gb === null ? null : money(space.storage_gb) + " GB"],
      ["Created", space.created_at],
      ["Known by", space.evidence],
      ["Last activity", space.last_activity_at],
      ["Usage", space.first_spend_date ? space.first_spend_date + " to " + space.last_spend_date : "none yet"],
      ["Deleted", space.deleted_at],
    ];
    const list = own.element("dl", undefined, "sheet");
    for (const [name, value, kind] of facts.filter((one) => one[1])) {
      const box = own.element("div", undefined, kind === "code" ? "whole" : "");
      const shown = own.element("dd");
      shown.append(own.element(kind === "code" ? "code" : "bdi", String(value)));
      box.append(own.element("dt", name), shown);
      list.append(box);
    }
    return { controls: [list] };
  };

  own.draws.space_tiles = async function (panel, view) {
    const like = own.likeForLike(view);
    const [days, budgets, people, idle] = await Promise.all(
      ["space_days", "space_budgets", "space_people_months", "space_unattended"].map((name) => own.rows(name)),
    );
    const sum = (from, to) => own.sum(days, own.select(days, view, from, to), view.measure);
    const period = view.to.slice(0, 7);
    const [spent, inMonth] = [sum(view.from, view.to), sum(period + "-01", view.to)];
    const [now, then] = like ? [sum(like.from, like.to), sum(like.start, like.end)] : [null, null];
    const hours = own.sum(days, own.select(days, view), "usage_hours");
    const seen = own.records(people).find((one) => one.billing_period === period);
    const open = own.records(budgets).filter((one) => one.billing_currency === view.currency)[0];
    const rested = own.select(idle, view);
    const tiles = [
      {
        label: "In these dates",
        amount: spent === null ? 0n : spent,
        unit: view.currency,
        detail: own.span(view),
        means: "All cost of the space in the dates shown, in " + own.words.measures[view.measure][0] + ".",
      },
      {
        label: month(period) + (own.isOpen(view) ? " so far" : ""),
        amount: inMonth === null ? 0n : inMonth,
        unit: view.currency,
        detail: like ? change(changed(now, then)) + " like for like" : "nothing to compare yet",
        means:
          "The month through " +
          view.to +
          ". " +
          (like
            ? "Like for like: " + like.from + " to " + like.to + " against " + like.start + " to " + like.end + "."
            : own.unlike),
      },
      {
        label: "Hours used",
        amount: hours === null ? 0n : hours,
        unit: "h",
        detail: "where AWS charges by the hour",
        means: "Hours of priced usage in the dates shown.",
      },
      {
        label: "People, " + month(period),
        value: seen && seen.people !== "not told" ? count(seen.active_users) : "–",
        detail: seen ? own.words.people[seen.people] || seen.people : "no trail tells of this month",
        means: "Distinct people at work in the space. Two to five suits co-editing.",
      },
    ];
    if (open)
      tiles.push({
        label: "Left of " + open.budget_name,
        amount: open.remaining,
        unit: open.billing_currency,
        tone: ["breached", "breach_forecast"].includes(open.status) ? "warn" : "",
        detail: own.words.budgets[open.status][0] + "; forecast " + money(open.forecast),
        means: "The gravest budget of this space: its amount less what is spent.",
      });
    if (rested.length)
      tiles.push({
        label: "While nobody was seen",
        value: money(own.sum(idle, rested, "cost_low")) + " to " + money(own.sum(idle, rested, "cost_high")),
        unit: view.currency,
        detail: "in the last 30 days told",
        means:
          "Cost of apps that ran, and of storage, while no person was seen at work: the low end counts only days that begin more than twelve hours after the last call of a person.",
      });
    return { tables: [days], tiles };
  };

  // Lines of hours or ranges by day. columns: [[column, name, colour, dash]]
  own.draws.hours = async function (panel, view) {
    const rows = await own.dataset(panel.data, view);
    const chosen = own.select(rows, view);
    const day = rows.column(panel.x);
    const order = [...chosen].sort((one, other) => (day[one] < day[other] ? -1 : 1));
    const lines = panel.lines.map(([column, name, colour, dash]) => {
      const values = rows.column(column);
      const told = order.filter((row) => values[row] !== null);
      return {
        name,
        xs: told.map((row) => day[row]),
        ys: told.map((row) => (typeof values[row] === "bigint" ? number(values[row]) : values[row])),
        color: palette[colour],
        dash,
      };
    });
    return {
      tables: [rows],
      figure: charts.lines(
        lines.filter((one) => one.xs.length),
        panel.unit,
      ),
      table: {
        columns: [
          { key: "day", label: "Day", kind: "date" },
          ...panel.lines.map(([column, name]) => ({ key: column, label: name, kind: "money", unit: panel.unit })),
        ],
        rows: [...order].reverse().map((row) => [day[row], ...panel.lines.map(([column]) => rows.column(column)[row])]),
        total: ["Total", ...panel.lines.map(([column]) => own.sum(rows, chosen, column))],
      },
    };
  };

  // What changed since the build that a reader signed.
  own.draws.since = async function (panel, view) {
    const rows = await own.dataset(panel.data, view);
    const chosen = own.select(rows, own.beyond(view), "0000-00-00", "9999-12-31");
    const all = own.records(rows, chosen);
    const builds = new Map(own.records(await own.rows("builds")).map((one) => [one.build_id, one.built_at]));
    const options = [["", "the first build"], ...[...builds].map(([id, at]) => [id, at + " UTC, " + id])];
    const since = builds.get(view.options.since) || "";
    const shown = all.filter((one) => one.built_at > since);
    const groups = new Map();
    for (const one of shown) {
      const key = one.billing_period + "\n" + one.cause + "\n" + (one.space_arn ? one.space_arn.space_arn : "");
      const found = groups.get(key) || {
        period: one.billing_period,
        cause: one.cause,
        space: one.space_arn,
        by: 0n,
        builds: 0,
        last: "",
      };
      found.by += (one.effective_cost_after || 0n) - (one.effective_cost_before || 0n);
      found.builds += 1;
      if (one.built_at > found.last) found.last = one.built_at;
      groups.set(key, found);
    }
    const lines = [...groups.values()].sort((one, other) => (one.period < other.period ? 1 : -1));
    const withSpace = !own.pageSpace;
    return {
      tables: [],
      controls: [own.choice("Since", "since", options, view.options.since || "")],
      table: {
        columns: [
          { key: "period", label: "Month", kind: "term" },
          ...(withSpace ? [{ key: "space", label: "Space", kind: "link" }] : []),
          { key: "cause", label: "Why", kind: "text" },
          { key: "by", label: "Change of effective cost", kind: "money", unit: view.currency },
          { key: "builds", label: "Builds", kind: "count" },
          { key: "last", label: "Last", kind: "term" },
        ],
        rows: lines.map((one) => [
          { text: month(one.period), sort: one.period, plain: one.period },
          ...(withSpace ? [own.spaceLink(one.space, view)] : []),
          own.words.causes[one.cause] || one.cause,
          one.by,
          one.builds,
          one.last,
        ]),
        total: lines.length
          ? ["Total", ...(withSpace ? [""] : []), "", lines.reduce((sum, one) => sum + one.by, 0n), "", ""]
          : null,
      },
    };
  };
})(window.spaceledger);

// The panels of spend: by day, by month, what moved, where it flows.
"use strict";
(function (own) {
  const { number, month, changed, money } = own.values;
  const { palette, charts } = own;
  const { before, lastOf } = own.filters;

  const points = (rows, chosen, key, name) => {
    const found = new Map();
    for (const [at, group] of own.groups(chosen, (row) => key[row])) {
      const amount = own.sum(rows, group, name);
      if (amount !== null) found.set(at, amount);
    }
    return found;
  };
  const plain = (value) => (typeof value === "bigint" ? number(value) : value);

  // A stacked chart and its table from the same groups, the newest first in the table. x: a column of days or
  // months; name: what is added up.
  function stacked(rows, chosen, series, x, name, unit) {
    const key = rows.column(x);
    const byMonth = x === "billing_period";
    const xs = sorted(rows, chosen, x);
    const made = series.map((one) => Object.assign({}, one, { amounts: points(rows, one.chosen, key, name) }));
    const cells = (at) => made.map((one) => (one.amounts.has(at) ? one.amounts.get(at) : null));
    const add = (amounts) =>
      amounts.reduce((sum, amount) => (amount === null ? sum : sum === null ? amount : sum + amount), null);
    const kind = unit && own.currencies.includes(unit) ? "money" : "number";
    const drawn = made.map((one) =>
      Object.assign({}, one, { points: new Map([...one.amounts].map(([at, amount]) => [at, plain(amount)])) }),
    );
    return {
      tables: [rows],
      figure: charts.stack(drawn, xs, unit, byMonth),
      table: {
        columns: [
          { key: "x", label: byMonth ? "Month" : "Day", kind: "term" },
          ...made.map((one, at) => ({ key: "s" + at, label: one.name, kind, unit })),
          ...(made.length > 1 ? [{ key: "total", label: "Total", kind, unit }] : []),
        ],
        rows: [...xs]
          .reverse()
          .map((at) => [
            byMonth ? { text: month(at), sort: at, plain: at } : at,
            ...cells(at),
            ...(made.length > 1 ? [add(cells(at))] : []),
          ]),
        total: [
          "Total",
          ...made.map((one) => own.sum(rows, one.chosen, name)),
          ...(made.length > 1 ? [own.sum(rows, chosen, name)] : []),
        ],
      },
    };
  }

  function bySpace(rows, chosen, view, count, name = view.measure) {
    const { kept, rest } = own.top(own.groups(chosen, own.holders(rows)), rows, name, count);
    const series = kept.map((one) => ({
      name: one.key.title,
      look: palette.ofSpace(one.key),
      chosen: one.chosen,
      space: one.key,
    }));
    if (rest.length) {
      const others = { title: "Others", space_arn: "~others", colour: null };
      series.push({
        name: "Others",
        look: palette.ofSpace(others),
        chosen: rest.flatMap((one) => one.chosen),
        space: others,
      });
    }
    // Equal titles are told apart by their domain.
    const named = new Map();
    for (const one of series) named.set(one.name, (named.get(one.name) || 0) + 1);
    for (const one of series)
      if (named.get(one.name) > 1 && one.space.domain_title) one.name += " (" + one.space.domain_title + ")";
    return series.reverse();
  }

  function byColumn(rows, chosen, column) {
    const values = rows.column(column);
    const groups = [...own.groups(chosen, (row) => values[row])];
    groups.sort(([one], [other]) => palette.place(String(one)) - palette.place(String(other)));
    return groups.map(([value, own_]) => ({
      name: value === null ? "none" : value,
      look: palette.ofCategory(String(value)),
      chosen: own_,
    }));
  }

  const sorted = (rows, chosen, column) => [...new Set(chosen.map((row) => rows.column(column)[row]))].sort();

  // by: "space", or a column such as spend_category
  own.draws.by_day = async function (panel, view) {
    const rows = await own.spendDays(view, view.from, view.to);
    const chosen = own.select(rows, view);
    const by = own.chosenOf(panel, view);
    const series = by === "space" ? bySpace(rows, chosen, view, 9) : byColumn(rows, chosen, by);
    const made = stacked(rows, chosen, series, "usage_date", view.measure, view.currency);
    if (panel.choices) made.controls = [own.choice("By", "by-" + panel.key, panel.choices, by)];
    const isCut = view.from < own.build.daily_from && !own.build.is_monthly;
    made.lead =
      own.span(view) +
      "." +
      (isCut ? " Months before " + own.build.daily_from + " stand whole on their first day." : "");
    return made;
  };

  own.draws.by_month = async function (panel, view) {
    const rows = await own.spendMonths(view);
    const start = [before(view.to.slice(0, 7), 12), view.from.slice(0, 7)].sort()[0];
    const chosen = own.select(rows, view, start + "-01", lastOf(view.to.slice(0, 7)));
    const by = own.chosenOf(panel, view);
    const series = by === "space" ? bySpace(rows, chosen, view, 9) : byColumn(rows, chosen, by);
    const made = stacked(rows, chosen, series, "billing_period", view.measure, view.currency);
    if (panel.choices) made.controls = [own.choice("By", "by-" + panel.key, panel.choices, by)];
    made.lead = "Whole billing periods through " + month(view.to.slice(0, 7)) + ", at least a year where there is one.";
    return made;
  };

  // The month of the view's last day through that day or the newest complete one, and the same days of the month
  // before; whole months where nothing is known of days. Null where nothing can be compared.
  own.likeForLike = function (view) {
    const { build } = own;
    const usual = own.filters.defaults();
    if (view.to === usual.to) {
      return build.now_to
        ? { from: build.now_from, to: build.now_to, start: build.then_from, end: build.then_to }
        : null;
    }
    const period = view.to.slice(0, 7);
    const earlier = before(period);
    const like = { from: period + "-01", to: view.to, start: earlier + "-01", end: lastOf(earlier) };
    if (build.is_monthly || like.start < build.daily_from) return view.to === lastOf(period) ? like : null;
    const through = [view.to, build.complete_through].sort()[0] || "";
    if (through < like.from) return null;
    const day = [through.slice(7), like.end.slice(7)].sort()[0];
    return Object.assign(like, { to: period + day, end: earlier + day });
  };
  own.unlike = "The month has no complete day yet, or the days of the month before are not known one by one.";

  // Each space, or what stands for none, with its spend like for like; small spaces one by one also where the first
  // view folds them.
  async function moves(view, like) {
    if (own.isFirst(view) && own.build.is_folded) {
      const rows = await own.rows("first_moves");
      const holder = own.holders(rows);
      const [now, then] = ["now_cost", "then_cost"].map(rows.column);
      return {
        rows,
        found: own
          .select(rows, view)
          .map((row) => ({ space: holder(row), now: now[row] || 0n, then: then[row] || 0n })),
      };
    }
    const rows = await own.spendDays(view, like.start, like.to);
    const [now, then] = [
      [like.from, like.to],
      [like.start, like.end],
    ].map(([from, to]) => own.groups(own.select(rows, view, from, to), own.holders(rows)));
    const sum = (side, space) => own.sum(rows, side.get(space) || [], view.measure) || 0n;
    return {
      rows,
      found: [...new Set([...now.keys(), ...then.keys()])].map((space) => ({
        space,
        now: sum(now, space),
        then: sum(then, space),
      })),
    };
  }

  own.draws.movers = async function (panel, view) {
    const like = own.likeForLike(view);
    if (!like) return { tables: [], table: { columns: [], rows: [], empty: own.unlike } };
    const { rows, found } = await moves(view, like);
    const least = /^\d+(\.\d+)?$/.test(view.options.least || "") ? view.options.least : String(panel.least);
    const bound = own.values.parse(least);
    const moved = found.map((one) => Object.assign(one, { by: one.now - one.then }));
    const size = (amount) => (amount < 0n ? -amount : amount);
    const shown = moved.filter((one) => size(one.by) >= bound && one.by !== 0n);
    shown.sort((one, other) => (size(other.by) > size(one.by) ? 1 : -1));
    const words = (one) => one.space.title + ": " + (one.by > 0n ? "+" : "") + money(one.by) + " " + view.currency;
    const least_ = numberField("At least", "least", least, view.currency);
    const still = moved.filter((one) => !shown.includes(one));
    const sum = (key) => shown.reduce((all, one) => all + one[key], 0n);
    return {
      tables: [rows],
      controls: [least_],
      lead:
        like.from +
        " to " +
        like.to +
        " against " +
        like.start +
        " to " +
        like.end +
        "." +
        (still.length ? " " + own.values.count(still.length) + " moved less." : "") +
        (shown.length > 10 ? " The chart shows 10 of " + own.values.count(shown.length) + "." : ""),
      figure: charts.ranking(
        shown.slice(0, 10).map((one) => ({
          name: one.space.title,
          value: number(one.by),
          words: words(one),
          look: one.by > 0n ? palette.RED : palette.GREEN,
        })),
        view.currency,
      ),
      table: {
        columns: [
          { key: "space", label: "Space", kind: "link" },
          { key: "now", label: "Now", kind: "money", unit: view.currency },
          { key: "then", label: "Before", kind: "money", unit: view.currency },
          { key: "by", label: "Change", kind: "money", unit: view.currency },
          { key: "ratio", label: "Change in %", kind: "change" },
        ],
        rows: shown.map((one) => [
          own.spaceLink(one.space, view),
          one.now,
          one.then,
          one.by,
          changed(one.now, one.then),
        ]),
        total: ["Total", sum("now"), sum("then"), sum("by"), changed(sum("now"), sum("then"))],
        empty: "No space moved by " + least + " " + view.currency + " or more. A smaller bound shows more.",
      },
    };
  };

  function numberField(name, key, value, unit) {
    const box = own.element("label", name + " ");
    const field = own.element("input");
    Object.assign(field, { type: "number", min: "0", step: "any", value, name: key });
    field.addEventListener("change", () => own.change({ options: { [key]: field.value } }));
    box.append(field, " " + unit);
    return box;
  }

  Object.assign(own, {
    stackedChart: stacked,
    seriesBySpace: bySpace,
    seriesByColumn: byColumn,
    numberField,
    sums: { points, sorted },
  });
})(window.spaceledger);

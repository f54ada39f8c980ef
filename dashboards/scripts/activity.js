// The panels of activity, of unattended spend, and of trust that no entry alone can describe.
"use strict";
(function (own) {
  const { number, money, count, label } = own.values;
  const { palette, charts } = own;
  const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
  const weekday = (day) => (new Date(day + "T00:00:00Z").getUTCDay() + 6) % 7;

  own.draws.week = async function (panel, view) {
    const rows = await own.dataset(panel.data, view);
    const chosen = own.select(rows, view);
    const [day, hour] = [rows.column("activity_date"), rows.column("hour_of_day")];
    const groups = own.groups(chosen, (row) => weekday(day[row]) * 24 + hour[row]);
    const hours = [...Array(24).keys()];
    const at = (d, h) => (groups.has(d * 24 + h) ? own.sum(rows, groups.get(d * 24 + h), panel.value) : 0);
    const z = WEEKDAYS.map((_, d) => hours.map((h) => at(d, h)));
    const words = WEEKDAYS.map((name, d) =>
      hours.map((h) => name + " " + h + ":00 to " + (h + 1) + ":00 UTC: " + count(at(d, h)) + " calls"),
    );
    return {
      tables: [rows],
      lead: own.span(view) + ", hours in UTC.",
      figure: charts.heat(hours, WEEKDAYS, z, words, "calls", { xaxis: { dtick: 3, ticksuffix: ":00" } }),
      table: {
        columns: [
          { key: "day", label: "Weekday", kind: "term" },
          ...hours.map((h) => ({ key: "h" + h, label: h + ":00", kind: "count" })),
          { key: "all", label: "All", kind: "count" },
        ],
        rows: chosen.length
          ? WEEKDAYS.map((name, d) => [{ text: name, sort: d }, ...z[d], z[d].reduce((sum, value) => sum + value, 0)])
          : [],
        total: [
          "Total",
          ...hours.map((h) => z.reduce((sum, line) => sum + line[h], 0)),
          z.flat().reduce((sum, value) => sum + value, 0),
        ],
      },
    };
  };

  own.draws.activity_tiles = async function (panel, view) {
    const [people, days] = await Promise.all([own.dataset("people_days", view), own.dataset("activity_days", view)]);
    const names = people.column("user_name");
    const seen = own.select(people, view);
    const chosen = own.select(days, view);
    const spaces = new Set(
      chosen.filter((row) => days.column("event_count")[row] > 0).map((row) => days.column("space_arn")[row]),
    );
    const sum = (name) => own.sum(days, chosen, name) || 0;
    const tiles = [
      {
        label: "People",
        value: count(new Set(seen.map((row) => names[row])).size),
        detail: "identified at work in these spaces",
        means: "Distinct people whom recorded calls in the dates shown identify.",
      },
      {
        label: "Spaces with activity",
        value: count(spaces.size),
        detail: own.span(view),
        means: "Spaces that at least one recorded call belongs to.",
      },
      {
        label: "Apps started",
        value: count(sum("apps_started")),
        detail: "successful CreateApp calls",
        means: "How often somebody or something started an app in these spaces.",
      },
      {
        label: "Failed calls",
        value: count(sum("error_count")),
        detail: "of " + count(sum("event_count")) + " calls",
        means: "Calls that ended in an error, denied ones among them; the table below says which.",
      },
    ];
    if (!(await own.isTold(view)))
      for (const one of tiles) Object.assign(one, { value: "–", detail: "no trail tells of these days" });
    return { tables: [people, days], tiles };
  };

  // Ranges from low to high, the dearest first.
  own.draws.ranges = async function (panel, view) {
    const rows = await own.dataset(panel.data, view);
    const chosen = own.select(rows, view);
    const [low, high] = [rows.column("cost_low"), rows.column("cost_high")];
    chosen.sort((one, other) => (high[other] > high[one] ? 1 : high[other] < high[one] ? -1 : 0));
    const holder = own.holders(rows);
    const shown = chosen.filter((row) => high[row] > 0n).slice(0, 15);
    const unit = view.currency;
    const bars = shown.map((row) => ({
      name: holder(row).title + " · " + rows.column("spend_category")[row],
      look: palette.AMBER,
      base: number(low[row]),
      value: Math.max(number(high[row]) - number(low[row]), number(high[row]) * 0.01),
      words: holder(row).title + ": " + money(low[row]) + " to " + money(high[row]) + " " + unit,
    }));
    const ends = rows.rows ? rows.column("window_start")[0] + " to " + rows.column("window_end")[0] + "." : "";
    return {
      tables: [rows],
      lead:
        ends +
        (chosen.length > shown.length ? " The " + shown.length + " dearest of " + count(chosen.length) + "." : ""),
      figure: charts.ranking(bars, unit),
      table: Object.assign({ folded: null }, own.tableOf(panel, rows, chosen, view)),
    };
  };
})(window.spaceledger);

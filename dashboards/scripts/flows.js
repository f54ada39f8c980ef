// Where spend flows: from domain to space to what it went to, and over spaces and days.
"use strict";
(function (own) {
  const { number, money } = own.values;
  const { palette, charts } = own;
  const bySpace = (rows, chosen, view, count) => own.seriesBySpace(rows, chosen, view, count);
  const { sorted, points } = own.sums;

  own.draws.flow = async function (panel, view) {
    const rows = await own.spendDays(view, view.from, view.to);
    const chosen = own.select(rows, view);
    const series = bySpace(rows, chosen, view, 12);
    const domains = rows.column("domain_arn");
    const categories = rows.column("spend_category");
    const nodes = new Map();
    const links = new Map();
    const node = (key, name, look, level) => nodes.has(key) || nodes.set(key, { name, look, level, at: nodes.size });
    const link = (from, to, amount, look) => {
      const found = links.get(from + "\n" + to) || { from, to, amount: 0n, look };
      found.amount += amount;
      links.set(from + "\n" + to, found);
    };
    const amounts = rows.column(view.measure);
    for (const one of series) {
      for (const row of one.chosen) {
        if (amounts[row] === null) continue;
        const space = one.space;
        const domain = domains[row]
          ? own.domainTitle(domains[row])
          : one.name === "Others"
            ? "several domains"
            : "no domain";
        node("d" + domain, domain, palette.GREY, 0);
        node("s" + one.space.space_arn, one.name, one.look[0], 1);
        node("c" + categories[row], categories[row], palette.ofCategory(categories[row])[0], 2);
        link("d" + domain, "s" + space.space_arn, amounts[row], one.look[0]);
        link("s" + space.space_arn, "c" + categories[row], amounts[row], palette.ofCategory(categories[row])[0]);
      }
    }
    const flows = [...links.values()].sort((one, other) => (other.amount > one.amount ? 1 : -1));
    const drawn = flows.filter((one) => one.amount > 0n);
    const left = flows.filter((one) => one.amount < 0n).length;
    return {
      tables: [rows],
      lead: own.span(view) + "." + (left ? " Flows below zero (credits, refunds) are in the table alone." : ""),
      figure: charts.sankey(
        [...nodes.values()],
        drawn.map((one) => ({
          from: nodes.get(one.from).at,
          to: nodes.get(one.to).at,
          value: number(one.amount),
          look: one.look,
        })),
        view.currency,
      ),
      table: {
        columns: [
          { key: "from", label: "From", kind: "text" },
          { key: "to", label: "To", kind: "text" },
          { key: "amount", label: "Amount", kind: "money", unit: view.currency },
        ],
        rows: flows.map((one) => [nodes.get(one.from).name, nodes.get(one.to).name, one.amount]),
        total: [
          "Total, from domains to spaces",
          "",
          flows.filter((one) => one.from.startsWith("d")).reduce((sum, one) => sum + one.amount, 0n),
        ],
      },
    };
  };

  own.draws.heat = async function (panel, view) {
    const rows = await own.spendDays(view, view.from, view.to);
    const chosen = own.select(rows, view);
    const days = sorted(rows, chosen, "usage_date");
    const key = rows.column("usage_date");
    const { kept, rest } = own.top(own.groups(chosen, own.holders(rows)), rows, view.measure, 30);
    const amounts = kept.map((one) => points(rows, one.chosen, key, view.measure));
    const z = amounts.map((by) => days.map((day) => (by.has(day) ? number(by.get(day)) : null)));
    const words = kept.map((one, at) =>
      days.map(
        (day) =>
          own.values.label(one.key.title) +
          ", " +
          day +
          ": " +
          money(amounts[at].get(day) || null) +
          " " +
          view.currency,
      ),
    );
    const lines = kept.flatMap((one, at) =>
      days
        .filter((day) => amounts[at].has(day))
        .map((day) => [own.spaceLink(one.key, view), day, amounts[at].get(day)]),
    );
    return {
      tables: [rows],
      lead: own.span(view) + "." + (rest.length ? " The " + kept.length + " dearest, and their total." : ""),
      figure: charts.heat(
        days,
        kept.map((one) => one.key.title),
        z,
        words,
        view.currency,
        { xaxis: { type: "date" } },
      ),
      table: {
        columns: [
          { key: "space", label: "Space", kind: "link" },
          { key: "day", label: "Day", kind: "term" },
          { key: "amount", label: "Amount", kind: "money", unit: view.currency },
        ],
        rows: lines,
        total: ["Total", "", kept.reduce((sum, one) => sum + one.amount, 0n)],
      },
    };
  };
})(window.spaceledger);

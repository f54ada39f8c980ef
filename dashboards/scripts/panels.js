// What panels are made of: where their rows come from, and how tiles, charts and tables are put on the page.
"use strict";
(function (own) {
  const { visible, exact, money } = own.values;
  const { element } = own;
  const SVG = "http://www.w3.org/2000/svg";

  // Whether the rows of the first view can serve: those of many spaces are folded, in one measure, for its own days.
  function isFirst(view) {
    if (!own.build.is_folded) return true;
    const usual = own.filters.defaults();
    return ["from", "to", "account", "domain", "team", "space", "measure"].every((key) => view[key] === usual[key]);
  }

  // Rows of a table under other names or numbers; `more` gives whole columns.
  function pick(rows, chosen, more) {
    return {
      rows: chosen.length,
      names: [...rows.names, ...Object.keys(more)],
      has: (name) => name in more || rows.has(name),
      column: (name) => (name in more ? more[name] : chosen.map((row) => rows.column(name)[row])),
    };
  }

  // Spend by usage_date; months before the days that are known stand on their first day.
  async function spendDays(view, from, to) {
    if (own.pageSpace) return own.rows("space_days");
    if (from >= own.build.shown_from && isFirst(view)) return own.rows("first_days");
    const known = own.build.daily_from.slice(0, 7);
    const parts = [await own.rows("spend_days", (period) => period >= from.slice(0, 7) && period <= to.slice(0, 7))];
    if (from.slice(0, 7) < known) {
      const months = await own.rows("spend_months");
      const periods = months.column("billing_period");
      const chosen = [...periods.keys()].filter((row) => periods[row] < known);
      parts.push(pick(months, chosen, { usage_date: chosen.map((row) => periods[row] + "-01") }));
    }
    return own.union(parts);
  }

  async function spendMonths(view) {
    if (own.pageSpace) {
      const days = await own.rows("space_days");
      return pick(days, [...Array(days.rows).keys()], {
        usage_date: days.column("usage_date"),
        billing_period: days.column("usage_date").map((day) => day.slice(0, 7)),
      });
    }
    return own.rows(isFirst(view) ? "first_months" : "spend_months");
  }

  // Whose a row's cost is: a space, or what stands for cost of none.
  const OF_DOMAINS = { title: "Domains, no space", space_arn: "~domains", colour: null };
  const NOBODYS = { title: "No space or domain", space_arn: "~nobody", colour: null };
  function holders(rows) {
    const spaces = rows.column("space_arn");
    const domains = rows.column("domain_arn");
    return (row) => spaces[row] || (domains[row] ? OF_DOMAINS : NOBODYS);
  }

  // The dearest groups, and the rest as one; each with its rows and amount.
  function top(groups, rows, measure, count) {
    const found = [...groups].map(([key, chosen]) => ({ key, chosen, amount: own.sum(rows, chosen, measure) || 0n }));
    found.sort((one, other) =>
      other.amount > one.amount ? 1 : other.amount < one.amount ? -1 : nameOf(one.key) < nameOf(other.key) ? -1 : 1,
    );
    const isFold = (one) => one.key && one.key.space_arn && !one.key.page && !one.key.space_arn.startsWith("~");
    const kept = found.filter((one) => !isFold(one)).slice(0, count);
    const rest = found.filter((one) => !kept.includes(one));
    return { kept, rest };
  }
  const nameOf = (key) => (key && key.title) || String(key);

  function spark(trend) {
    const values = trend.filter((value) => value !== null);
    if (values.length < 2) return null;
    const [low, high] = [Math.min(0, ...values), Math.max(...values)];
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 24");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "spark");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(SVG, "polyline");
    const y = (value) => (high === low ? 12 : 22 - ((value - low) / (high - low)) * 20).toFixed(1);
    line.setAttribute(
      "points",
      values.map((value, at) => ((at * 100) / (values.length - 1)).toFixed(1) + "," + y(value)).join(" "),
    );
    svg.append(line);
    return svg;
  }

  function tile(one, at, panel) {
    const box = element("div", undefined, "tile" + (one.tone ? " " + one.tone : ""));
    box.tabIndex = 0;
    const means = element("span", one.means, "means");
    means.id = panel.key + "-means-" + at;
    means.setAttribute("role", "tooltip");
    box.setAttribute("role", "group");
    box.setAttribute("aria-describedby", means.id);
    box.setAttribute("aria-label", visible(one.label));
    const value = element("b", one.amount !== undefined ? money(one.amount) : one.value);
    if (one.amount !== undefined && one.amount !== null) value.title = exact(one.amount) + " " + (one.unit || "");
    const line = element("p", undefined, "figure");
    if (one.href) {
      const link = element("a");
      link.href = one.href;
      link.append(value);
      line.append(link);
    } else line.append(value);
    if (one.unit && value.textContent !== "–") line.append(" ", element("span", one.unit, "unit"));
    box.append(element("p", one.label, "label"), line, element("p", one.detail || "", "detail"));
    const trend = spark(one.trend || []);
    if (trend) box.append(trend);
    box.append(means);
    return box;
  }

  function slot(body, name, tag = "div") {
    const found = body.querySelector(":scope > ." + name);
    if (found) return found;
    const made = element(tag, undefined, name);
    body.append(made);
    return made;
  }

  // Puts on the page what a panel's function gave: lead, controls, tiles, figure, table, whichever there are.
  own.panel = function (body, panel, made, view) {
    for (const old of body.querySelectorAll(":scope > .empty, :scope > .wait")) old.remove();
    const [lead, controls, tiles, chart, table] = [
      slot(body, "lead", "p"),
      slot(body, "options"),
      slot(body, "tiles"),
      slot(body, "chart"),
      slot(body, "rows"),
    ];
    lead.textContent = visible(made.lead || "");
    lead.hidden = !made.lead;
    controls.replaceChildren(...(made.controls || []));
    controls.hidden = !made.controls;
    tiles.replaceChildren(...(made.tiles || []).map((one, at) => tile(one, at, panel)));
    tiles.hidden = !made.tiles;
    const hasRows = made.table && made.table.rows.length > 0;
    chart.hidden = !made.figure || !hasRows;
    if (chart.hidden) own.charts.erase(chart);
    else {
      // Not an image: the toolbar that plotly puts into it has buttons.
      chart.setAttribute("role", "group");
      chart.setAttribute("aria-label", panel.title + ". The table below holds the same figures.");
      own.charts.draw(chart, made.figure);
    }
    table.hidden = !made.table;
    if (made.table) {
      const folded = made.figure && hasRows ? { folded: "The same as a table" } : {};
      const { measure, from, to } = view;
      const file = [
        panel.key,
        own.pageSpace,
        from,
        to,
        made.tables && made.tables.some(own.acts.measure) ? measure : "",
      ]
        .filter(Boolean)
        .join("_");
      own.tables.draw(
        table,
        Object.assign(
          {
            name: panel.key,
            file,
            title: panel.title,
            total: null,
            empty: panel.empty || "Nothing here in this view.",
          },
          folded,
          made.table,
        ),
      );
    }
  };

  const span = (view) => view.from + " to " + view.to;

  Object.assign(own, { isFirst, spendDays, spendMonths, holders, top, nameOf, pick, span });
})(window.spaceledger);

// Panels that an entry of pages.toml describes whole: a table of a dataset, or its rows added up in a stacked chart.
"use strict";
(function (own) {
  const { month } = own.values;

  // The dataset's rows for the months a view shows; a space's own page has its rows beside it.
  own.dataset = function (name, view, from = view.from, to = view.to) {
    return own.rows(
      name,
      (shard) => !/^\d{4}-\d\d$/.test(shard) || (shard >= from.slice(0, 7) && shard <= to.slice(0, 7)),
    );
  };

  const columnOf = (key, view) => (key === "cost" ? view.measure : key);

  // One cell: what the entry says of a column, from one or more rows.
  function cell(told, rows, chosen, view, space) {
    const name = columnOf(told.key, view);
    if (told.key === "space") return own.spaceLink(space(chosen[0]), view);
    const values = rows.column(name);
    if (told.distinct) return new Set(chosen.map((row) => values[row]).filter((value) => value !== null)).size;
    const known = chosen.map((row) => values[row]).filter((value) => value !== null);
    if (told.sum) return known.length ? known.reduce((sum, value) => sum + value) : null;
    if (told.max) return known.length ? known.reduce((one, other) => (other > one ? other : one)) : null;
    const value = values[chosen[0]];
    if (told.kind === "arn") return value === null ? told.none || "" : named(value);
    if (told.kind === "flag") return value ? "yes" : "no";
    if (told.key === "domain_arn" && value !== null)
      return { text: own.domainTitle(value), detail: value, reveals: true };
    if (told.key === "billing_period" && value !== null) return { text: month(value), sort: value, plain: value };
    if (told.words && value !== null) return own.words[told.words][value] || value;
    return told.under
      ? { text: value === null ? "" : String(value), under: rows.column(told.under)[chosen[0]] || "" }
      : value;
  }

  // A resource by its name; its ARN is one click away.
  function named(arn) {
    if (arn === null || !arn.startsWith("arn:")) return arn;
    return { text: arn.split(":").slice(5).join(":"), detail: arn, reveals: true };
  }

  function kindOf(told) {
    if (told.key === "space") return "link";
    if (told.kind === "arn") return "text";
    return told.kind === "flag" ? "term" : told.kind || "text";
  }

  // columns: [{key, label, kind, sum, max, distinct, words, under, minor}]; group: columns that make one line.
  own.tableOf = function (panel, rows, chosen, view) {
    const space = rows.has("space_arn") ? own.holders(rows) : () => null;
    const columns = panel.columns.filter((told) => !(own.pageSpace && told.key === "space"));
    const keys = (panel.group || []).map((name) => rows.column(name));
    const groups = panel.group
      ? [
          ...own
            .groups(chosen, (row) =>
              keys.map((values) => (values[row] && values[row].space_arn) || values[row]).join("\n"),
            )
            .values(),
        ]
      : chosen.map((row) => [row]);
    const lines = groups.map((group) => columns.map((told) => cell(told, rows, group, view, space)));
    if (panel.sort) {
      const at = columns.findIndex((told) => told.key === panel.sort);
      const rank = (line) =>
        line[at] === null ? -Infinity : typeof line[at] === "bigint" ? own.values.number(line[at]) : line[at];
      lines.sort((one, other) => (rank(other) > rank(one) ? 1 : rank(other) < rank(one) ? -1 : 0));
    }
    // What is only compared is shown, and never added.
    const counted = panel.total_only ? chosen.filter((row) => rows.column(panel.total_only)[row]) : chosen;
    const hasTotal = columns.some((told) => told.sum) && chosen.length > 0;
    const total = columns.map((told, at) =>
      told.sum ? cell(told, rows, counted, view, space) : at === 0 ? "Total" : "",
    );
    return {
      columns: columns.map((told) => ({
        key: told.key,
        label: told.label,
        kind: kindOf(told),
        minor: told.minor,
        unit: told.kind === "money" && !told.unit ? view.currency : told.unit,
      })),
      rows: lines,
      total: hasTotal ? total : null,
    };
  };

  // Whether a trail tells of any of the days in an account of what is shown: where none does, silence means nothing.
  own.isTold = async function (view, from = view.from, to = view.to) {
    const rows = await own.rows("told_days");
    const account = view.account || (view.domain ? view.domain.split(":")[4] : "");
    const chosen = own.select(rows, Object.assign({}, view, { account }), from, to);
    if (!view.space && !view.team) return chosen.length > 0;
    const shown = own.spaces().filter((one) => own.passes(one, view) && (!account || one.account_id === account));
    const accounts = new Set(shown.map((one) => one.account_id));
    return chosen.some((row) => !accounts.size || accounts.has(rows.column("account_id")[row]));
  };

  // The months that rows known by month stand for.
  function monthsOf(rows, chosen) {
    if (!rows.has("billing_period") || rows.has("usage_date") || rows.has("activity_date") || !chosen.length) return "";
    const found = [...new Set(chosen.map((row) => rows.column("billing_period")[row]))].sort();
    return month(found[0]) + (found.length > 1 ? " to " + month(found[found.length - 1]) : "") + ", whole months.";
  }

  own.draws.table = async function (panel, view) {
    const rows = await own.dataset(panel.data, view);
    const chosen = own.select(rows, panel.beyond ? own.beyond(view) : view);
    return { tables: [rows], lead: monthsOf(rows, chosen), table: own.tableOf(panel, rows, chosen, view) };
  };

  // x: a column of days or months; value: what is added up, "cost" for the measure; by: what is stacked.
  own.draws.stack = async function (panel, view) {
    const rows = await own.dataset(panel.data, view);
    const chosen = own.select(rows, view);
    const by = chosenOf(panel, view);
    const value = columnOf(panel.value, view);
    const series = !by
      ? [{ name: panel.title, look: [own.palette.BLUE, ""], chosen }]
      : by === "space"
        ? own.seriesBySpace(rows, chosen, view, 9, value)
        : own.seriesByColumn(rows, chosen, by);
    const unit = panel.value === "cost" ? view.currency : panel.unit || "";
    const made = own.stackedChart(rows, chosen, series, panel.x, value, unit);
    if (panel.choices) made.controls = [own.choice("By", "by-" + panel.key, panel.choices, by)];
    if (chosen.some((row) => rows.column("by_month")[row]))
      made.lead = "Months before " + own.build.daily_from + " stand whole on their first day.";
    return made;
  };

  const chosenOf = (panel, view) => {
    const asked = view.options["by-" + panel.key];
    return panel.choices && panel.choices.some(([value]) => value === asked) ? asked : panel.by;
  };
  own.chosenOf = chosenOf;

  // A choice that a panel offers; it stays in the address.
  own.choice = function (name, key, options, chosen) {
    const box = own.element("label", name + " ");
    const select = own.element("select");
    for (const [value, text] of options) {
      const option = own.element("option", text);
      option.value = value;
      option.selected = value === chosen;
      select.append(option);
    }
    select.addEventListener("change", () => own.change({ options: { [key]: select.value } }));
    box.append(select);
    return box;
  };
})(window.spaceledger);

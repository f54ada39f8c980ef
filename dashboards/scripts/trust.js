// The panels of trust that no entry alone can describe, and what stands apart from the spend of spaces.
"use strict";
(function (own) {
  const { number, money, count, label, month, share, ratio } = own.values;
  const { palette, charts } = own;

  // A line where charges begin to carry the tag of a space, unless they always did.
  async function markTags(layout, view, xs) {
    const rows = await own.rows("tag_activation");
    const tags = own.records(rows, own.select(rows, view, "0000-00-00", "9999-12-31"));
    const days = tags
      .filter((one) => one.tag_key === "sagemaker:space-arn" && one.first_seen && !one.is_from_start)
      .map((one) => one.first_seen);
    const shown = [...new Set(days)]
      .filter((day) => xs.length && day.slice(0, 7) >= xs[0].slice(0, 7) && day <= view.to)
      .sort();
    layout.shapes = shown.map((day) => ({
      type: "line",
      x0: day,
      x1: day,
      yref: "paper",
      y0: 0,
      y1: 1,
      line: { color: palette.RED, width: 1.5, dash: "dot" },
    }));
    layout.annotations = shown.map((day) => ({
      x: day,
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      showarrow: false,
      text: "space tag first seen " + day,
      font: { size: 12 },
    }));
    if (shown.length) layout.legend = Object.assign({}, layout.legend, { y: 1.12 });
  }

  // What each method explains, as shares of a month or day, with the amounts in the table.
  own.draws.coverage = async function (panel, view) {
    const x = own.chosenOf(panel, view);
    const rows = await own.rows(x === "billing_period" ? "coverage" : "coverage_days");
    const name = "effective_cost"; // coverage is of what was used, whatever else is shown
    const start = x === "billing_period" ? own.filters.before(view.to.slice(0, 7), 12) + "-01" : view.from;
    const chosen = own.select(rows, view, start < view.from ? start : view.from, view.to);
    const series = own.seriesByColumn(rows, chosen, "attribution_method");
    for (const one of series) one.name = own.words.methods[one.name] ? one.name.replace(/_/g, " ") : one.name;
    const made = own.stackedChart(rows, chosen, series, x, name, view.currency);
    const totals = new Map();
    for (const trace of made.figure.data.filter((one) => one.type === "bar"))
      trace.x.forEach((x, at) => totals.set(x, (totals.get(x) || 0) + trace.y[at]));
    for (const trace of made.figure.data.filter((one) => one.type === "bar")) {
      trace.customdata = trace.y;
      trace.y = trace.x.map((x, at) => (totals.get(x) > 0 ? trace.y[at] / totals.get(x) : 0));
      trace.hovertemplate = "%{meta}: %{y:.1%}, %{customdata:,.2f} " + label(view.currency) + "<extra></extra>";
    }
    made.figure.data = made.figure.data.filter((one) => one.type === "bar");
    Object.assign(made.figure.layout.yaxis, { tickformat: ".0%", title: { text: "share of usage" }, range: [0, 1.08] });
    made.controls = [own.choice("By", "by-" + panel.key, panel.choices, x)];
    await markTags(made.figure.layout, view, chosen.map((row) => rows.column(x)[row]).sort());
    return made;
  };

  // From what is invoiced to what was used, step by step.
  own.draws.bridge = async function (panel, view) {
    const rows = await own.rows("bridge");
    const all = own.records(rows, own.select(rows, view, "0000-00-00", view.to));
    const months = [...new Set(all.map((one) => one.billing_period))].sort().reverse();
    const asked = months.includes(view.options.bridge)
      ? view.options.bridge
      : months.find((period) => period < view.to.slice(0, 7)) || months[0];
    const steps = all.filter((one) => one.billing_period === asked);
    const names = [...new Map(steps.map((one) => [one.position, one])).values()].sort(
      (one, other) => one.position - other.position,
    );
    const sum = (position) =>
      steps.filter((one) => one.position === position).reduce((total, one) => total + one.amount, 0n);
    const shown = names.filter((one) => one.is_total || sum(one.position) !== 0n);
    const data = [
      {
        type: "waterfall",
        orientation: "h",
        y: shown.map((_, at) => at),
        x: shown.map((one) => number(sum(one.position))),
        measure: shown.map((one, at) => (one.is_total ? (at === 0 ? "absolute" : "total") : "relative")),
        width: 0.5,
        increasing: { marker: { color: palette.AMBER } },
        decreasing: { marker: { color: palette.GREEN } },
        totals: { marker: { color: palette.BLUE } },
        connector: { line: { color: palette.GREY, width: 1 } },
        showlegend: false,
        customdata: shown.map((one) => label(one.step) + ": " + money(sum(one.position)) + " " + label(view.currency)),
        hovertemplate: "%{customdata}<extra></extra>",
      },
    ];
    const layout = charts.layout({
      height: 60 + 44 * shown.length,
      hovermode: "closest",
      annotations: charts.namesAbove(shown.map((one) => one.step)),
      yaxis: charts.rowsAxis(shown.length),
      xaxis: {
        showgrid: true,
        automargin: true,
        tickangle: 0,
        nticks: 8,
        tickformat: ",~r",
        title: { text: label(view.currency), font: { size: 13 } },
      },
    });
    return {
      tables: [rows],
      figure: { data, layout },
      controls: months.length
        ? [
            own.choice(
              "Month",
              "bridge",
              months.map((period) => [period, month(period)]),
              asked,
            ),
          ]
        : [],
      table: {
        folded: null,
        columns: [
          { key: "step", label: "Step", kind: "text" },
          { key: "amount", label: "Amount", kind: "money", unit: view.currency },
        ],
        rows: names.map((one) => [one.is_total ? one.step : "  " + one.step, sum(one.position)]),
        total: null,
      },
    };
  };

  // What of a month's bill stands apart from the spend of spaces.
  const APART = {
    "outside of the ledger": "S3, CloudWatch, ECR, EC2, data transfer and all else that carries no SageMaker tag",
    "unused commitment": "Savings Plan or reserved hours that were paid and that nobody used",
    "without tax": "tax on SageMaker",
    "without credits": "credits on SageMaker",
    "without refunds": "refunds of SageMaker usage",
  };
  own.draws.apart = async function (panel, view) {
    const rows = await own.rows("bridge");
    const month_ = view.to.slice(0, 7);
    const all = own
      .records(rows, own.select(rows, view, month_ + "-01", view.to))
      .filter((one) => Object.hasOwn(APART, one.step));
    const sums = own.groups(all, (one) => one.step);
    const lines = [...sums].map(([step, list]) => {
      const sum = list.reduce((total, one) => total + one.amount, 0n);
      return [{ text: APART[step] }, step === "unused commitment" ? sum : -sum];
    });
    return {
      tables: [],
      lead: month(month_) + ".",
      table: {
        columns: [
          { key: "what", label: "What", kind: "text" },
          { key: "amount", label: "Amount", kind: "money", unit: view.currency },
        ],
        rows: lines.filter((line) => line[1] !== 0n),
        total: null,
      },
    };
  };

  own.draws.trust_tiles = async function (panel, view) {
    const rows = await own.rows("reconciliation");
    const chosen = own.select(rows, view).filter((row) => rows.column("role")[row] !== "compare");
    const size = (amount) => (amount < 0n ? -amount : amount);
    const gap = chosen.reduce((sum, row) => sum + size(rows.column("difference")[row] || 0n), 0n);
    const sum = (name) => own.sum(rows, chosen, name) || 0n;
    const problems = own.records(await own.rows("problems"));
    const bad = problems.filter((one) => one.severity === "error").length;
    return {
      tables: [rows],
      tiles: [
        {
          label: "Difference to the bill",
          amount: gap,
          unit: view.currency,
          tone: gap === 0n ? "good" : "warn",
          detail: gap === 0n ? "every line of the bill has its place" : "see below which months",
          means:
            "Bill less ledger less outside, by month, source and charge type, without sign so that two faults do not cancel.",
        },
        {
          label: "The bill",
          amount: sum("bill_billed_cost"),
          unit: view.currency,
          detail: "billed cost of every delivered line",
          means: "Summed over every delivered row before anything is attributed.",
        },
        {
          label: "In the ledger",
          amount: sum("ledger_billed_cost"),
          unit: view.currency,
          detail: ratio(share(sum("ledger_billed_cost"), sum("bill_billed_cost"))) + " of the bill",
          means: "Billed cost of SageMaker lines and of what carries a SageMaker tag.",
        },
        {
          label: "Outside",
          amount: sum("outside_billed_cost"),
          unit: view.currency,
          detail: "other services: S3, EC2, CloudWatch, ...",
          means: "Billed cost of lines that are not about SageMaker.",
        },
        {
          label: "Inputs held back",
          value: count(bad),
          tone: bad ? "warn" : "good",
          detail: count(problems.length - bad) + " warnings and notices",
          means: "Deliveries and files that were refused; the table of problems says which, and what to do.",
        },
      ],
    };
  };
})(window.spaceledger);

// Figures for plotly from plain series, and how they are drawn: in the page's own colours, light, dark and on paper.
"use strict";
(function (own) {
  const { label, month } = own.values;
  const { palette } = own;
  const DAY = 86400000;

  // What is too long for a legend or an axis; hovering tells it whole.
  const short = (name, most) => (name.length > most ? name.slice(0, most - 1) + "…" : name);

  const legend = {
    orientation: "h",
    x: 0,
    xanchor: "left",
    y: 1.04,
    yanchor: "bottom",
    traceorder: "normal",
    itemwidth: 30,
  };
  function layout(more) {
    return Object.assign(
      {
        height: 340,
        margin: { l: 8, r: 8, t: 8, b: 8 },
        legend,
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
      },
      more,
    );
  }
  const unitAxis = (unit) => ({
    title: { text: label(unit), standoff: 8, font: { size: 13 } },
    automargin: true,
    tickformat: ",~r",
    rangemode: "tozero",
    zeroline: true,
  });

  // Stacked bars by day or month. series: [{name, look: [colour, pattern], points: Map(x -> amount)}]
  function stack(series, xs, unit, byMonth) {
    const stand = (x) => (byMonth ? x.slice(0, 7) + "-01" : x);
    const data = series.map((one) => ({
      type: "bar",
      name: label(short(one.name, 28)),
      meta: label(one.name),
      x: xs.filter((x) => one.points.has(x)).map(stand),
      y: xs.filter((x) => one.points.has(x)).map((x) => one.points.get(x)),
      width: byMonth ? DAY * 20 : DAY * 0.8,
      marker: palette.marker(one.look),
      hovertemplate: "%{meta}: %{y:,.2f} " + label(unit) + "<extra></extra>",
    }));
    const totals = xs.map((x) => series.reduce((sum, one) => sum + (one.points.get(x) || 0), 0));
    const tops = xs.map((x) => series.reduce((sum, one) => sum + Math.max(one.points.get(x) || 0, 0), 0));
    data.push({
      type: "scatter",
      mode: byMonth && xs.length <= 26 ? "text" : "markers",
      name: "Total",
      x: xs.map(stand),
      y: byMonth ? tops : totals,
      customdata: totals,
      text: totals.map((sum) => (Math.abs(sum) >= 10 ? Math.round(sum).toLocaleString("en") : sum.toFixed(2))),
      textposition: "top center",
      cliponaxis: false,
      marker: { opacity: 0 },
      showlegend: false,
      hovertemplate: "<b>Total: %{customdata:,.2f} " + label(unit) + "</b><extra></extra>",
    });
    const xaxis = {
      type: "date",
      showgrid: false,
      automargin: true,
      ticks: "outside",
      hoverformat: byMonth ? "%B %Y" : "%a %d %b %Y",
    };
    if (byMonth) {
      const shown = xs.filter((_, at) => (xs.length - 1 - at) % (1 + Math.floor(xs.length / 14)) === 0);
      xaxis.tickvals = shown.map(stand);
      xaxis.ticktext = shown.map((x) => month(x).slice(0, 3) + "<br>" + x.slice(0, 4));
    } else if (xs.length <= 10) xaxis.tickformat = "%d %b\n%Y";
    return { data, layout: layout({ barmode: "relative", hovermode: "x unified", xaxis, yaxis: unitAxis(unit) }) };
  }

  // Lines and bands by day. lines: [{name, xs, ys, color, width, dash, fill, listed}]
  function lines(lines_, unit, more = {}) {
    const data = lines_.map((one) => ({
      type: "scatter",
      mode: "lines",
      name: label(one.name),
      x: one.xs,
      y: one.ys,
      line: { color: one.color, width: one.width === undefined ? 2 : one.width, dash: one.dash || "solid" },
      fill: one.fill || "none",
      fillcolor: "rgba(105,184,232,0.35)",
      showlegend: one.listed !== false,
      hovertemplate: label(one.name) + ": %{y:,.2f} " + label(unit) + "<extra></extra>",
    }));
    const xaxis = { type: "date", showgrid: false, automargin: true, ticks: "outside", hoverformat: "%a %d %b %Y" };
    return { data, layout: layout(Object.assign({ hovermode: "x unified", xaxis, yaxis: unitAxis(unit) }, more)) };
  }

  // Bars from left to right, the first on top. bars: [{name, value, look, words, base}]
  function ranking(bars, unit) {
    const names = bars.map((_, at) => at);
    const data = [
      {
        type: "bar",
        orientation: "h",
        y: names,
        x: bars.map((bar) => bar.value),
        base: bars.map((bar) => bar.base || 0),
        width: 0.5,
        marker: { color: bars.map((bar) => bar.look) },
        customdata: bars.map((bar) => label(bar.words)),
        hovertemplate: "%{customdata}<extra></extra>",
      },
    ];
    return {
      data,
      layout: layout({
        height: 60 + 44 * bars.length,
        hovermode: "closest",
        showlegend: false,
        annotations: namesAbove(bars.map((bar) => bar.name)),
        // Turned labels would change the margin, which would turn them back, and so on.
        xaxis: {
          showgrid: true,
          automargin: true,
          tickangle: 0,
          nticks: 8,
          rangemode: "tozero",
          tickformat: ",~r",
          title: { text: label(unit), font: { size: 13 } },
        },
        yaxis: rowsAxis(bars.length),
      }),
    };
  }
  // Names above their bars: beside them they would leave a phone no room for bars.
  const namesAbove = (names) =>
    names.map((name, at) => ({
      x: 0,
      xref: "paper",
      xanchor: "left",
      y: at - 0.42,
      yanchor: "middle",
      showarrow: false,
      align: "left",
      font: { size: 12 },
      text: label(short(name, 52)),
    }));
  const rowsAxis = (count) => ({
    range: [count - 0.4, -0.8],
    showticklabels: false,
    ticks: "",
    showgrid: false,
    zeroline: false,
  });

  // Colours by amount. ys: names from the top; z[y][x]
  function heat(xs, ys, z, words, unit, more = {}) {
    const names = ys.map((name) => label(short(name, 24)));
    const data = [
      {
        type: "heatmap",
        x: xs,
        y: ys.map((_, at) => at),
        z,
        customdata: words,
        hoverongaps: false,
        xgap: 1,
        ygap: 2,
        colorbar: { title: { text: label(unit), side: "right" }, thickness: 12, outlinewidth: 0, tickformat: ",~r" },
        hovertemplate: "%{customdata}<extra></extra>",
      },
    ];
    return {
      data,
      layout: layout({
        height: 70 + Math.max(24 * ys.length, 120),
        hovermode: "closest",
        xaxis: Object.assign({ showgrid: false, zeroline: false, automargin: true, ticks: "outside" }, more.xaxis),
        yaxis: {
          tickvals: ys.map((_, at) => at),
          ticktext: names,
          range: [ys.length - 0.5, -0.5],
          automargin: true,
          showgrid: false,
          zeroline: false,
        },
      }),
    };
  }

  // nodes: [{name, look}]; links: [{from, to, value, look}]
  function sankey(nodes, links, unit) {
    const data = [
      {
        type: "sankey",
        orientation: "h",
        arrangement: "snap",
        valueformat: ",.2f",
        valuesuffix: " " + label(unit),
        node: {
          label: nodes.map((node) => label(short(node.name, 30))),
          color: nodes.map((node) => node.look),
          pad: 14,
          thickness: 14,
          line: { width: 0 },
          customdata: nodes.map((node) => label(node.name)),
          hovertemplate: "%{customdata}: %{value:,.2f} " + label(unit) + "<extra></extra>",
        },
        link: {
          source: links.map((link) => link.from),
          target: links.map((link) => link.to),
          value: links.map((link) => link.value),
          color: links.map((link) => faded(link.look)),
          hovertemplate:
            "%{source.customdata} → %{target.customdata}: %{value:,.2f} " + label(unit) + "<extra></extra>",
        },
      },
    ];
    const most = Math.max(...[0, 1, 2].map((level) => nodes.filter((node) => node.level === level).length), 3);
    return { data, layout: layout({ height: Math.min(140 + 28 * most, 900), margin: { l: 4, r: 4, t: 8, b: 8 } }) };
  }
  const faded = (colour) =>
    "rgba(" + [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)).join(",") + ",0.38)";

  own.charts = { stack, lines, ranking, heat, sankey, layout, rowsAxis, namesAbove };
})(window.spaceledger);

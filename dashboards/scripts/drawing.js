// How figures are drawn: in the page's own colours, light, dark and on paper.
"use strict";
(function (own) {
  const CONFIG = {
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    responsive: false,
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  };

  // Colours are the page's own, so that a chart is readable in light, in dark and on paper.
  function looks(given, width) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const narrow = width < 560;
    const size = narrow ? 12 : 13;
    const axis = {
      color: colour("--soft"),
      gridcolor: colour("--grid"),
      zerolinecolor: colour("--soft"),
      linecolor: colour("--line"),
      tickcolor: colour("--line"),
    };
    return Object.assign({}, given, {
      width,
      height: given.height + (narrow && given.showlegend !== false ? 40 : 0),
      template: "none",
      font: { family: getComputedStyle(document.body).fontFamily, size, color: colour("--ink") },
      xaxis: Object.assign({}, given.xaxis, axis),
      yaxis: Object.assign({}, given.yaxis, axis),
      hoverlabel: { bgcolor: colour("--page"), bordercolor: colour("--line"), font: { size, color: colour("--ink") } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("--soft"), activecolor: colour("--ink") },
    });
  }

  // The greatest amount of a heat map stands out from the ground.
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const HEAT = [
    [
      [0, "rgba(105,184,232,0.12)"],
      [0.35, "#69b8e8"],
      [1, "#123f6d"],
    ],
    [
      [0, "rgba(105,184,232,0.10)"],
      [0.5, "#2f7fc0"],
      [1, "#d3ecff"],
    ],
  ];
  const shaded = (data) =>
    data.map((one) =>
      one.type === "heatmap" ? Object.assign({}, one, { colorscale: HEAT[Number(scheme.matches && !isPaper)] }) : one,
    );
  let isPaper = false;

  const drawn = new Map(); // box -> figure
  function draw(box, figure, width) {
    if (!window.Plotly) return;
    drawn.set(box, figure);
    box.style.minHeight = figure.layout.height + "px";
    // A changed sankey glides into place, which paper would catch half-way.
    if (figure.data[0] && figure.data[0].type === "sankey") window.Plotly.purge(box);
    window.Plotly.react(box, shaded(figure.data), looks(figure.layout, width || box.clientWidth), CONFIG);
    box.dataset.traces = String(figure.data.length);
  }
  function erase(box) {
    if (drawn.delete(box) && window.Plotly) window.Plotly.purge(box);
    box.style.minHeight = "";
    delete box.dataset.traces;
  }
  const again = (width) => {
    for (const [box, figure] of drawn) if (box.isConnected && (box.clientWidth || width)) draw(box, figure, width);
  };
  function paper(is) {
    isPaper = is;
    again(is ? 680 : undefined);
  }
  scheme.addEventListener("change", () => again());
  window.addEventListener("resize", () => again());
  window.addEventListener("beforeprint", () => paper(true));
  window.addEventListener("afterprint", () => paper(false));

  Object.assign(own.charts, { draw, erase });
})(window.spaceledger);

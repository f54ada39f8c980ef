// Draws the charts of a page from window.spaceledgerCharts; everything else on a page is plain HTML.
"use strict";
(function () {
  const config = {
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    responsive: true,
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const figures = window.spaceledgerCharts || {};
  const boxes = Array.from(document.querySelectorAll("[data-chart]")).filter(
    (box) => figures[box.dataset.chart]
  );

  // Colours are the page's own, so that a chart is readable in light, in dark and on paper.
  function looks(layout, width) {
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
    return Object.assign({}, layout, {
      width: width,
      height: layout.height + (narrow ? 60 : 0),
      font: { family: getComputedStyle(document.body).fontFamily, size: size, color: colour("--ink") },
      xaxis: Object.assign({}, layout.xaxis, axis),
      yaxis: Object.assign({}, layout.yaxis, axis),
      hoverlabel: {
        bgcolor: colour("--page"),
        bordercolor: colour("--line"),
        font: { size: size, color: colour("--ink") },
      },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("--soft"), activecolor: colour("--ink") },
    });
  }

  function draw(width) {
    for (const box of boxes) {
      const figure = figures[box.dataset.chart];
      Plotly.react(box, figure.data, looks(figure.layout, width || box.clientWidth), config);
    }
  }

  if (!window.Plotly) return;
  for (const box of boxes) box.replaceChildren();
  draw();
  dark.addEventListener("change", () => draw());
  window.addEventListener("resize", () => draw());
  window.addEventListener("beforeprint", () => draw(680));
  window.addEventListener("afterprint", () => draw());
})();

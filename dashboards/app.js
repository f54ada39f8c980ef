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

  function draw() {
    const ink = getComputedStyle(document.body).color;
    for (const box of document.querySelectorAll("[data-chart]")) {
      const figure = (window.spaceledgerCharts || {})[box.dataset.chart];
      if (!figure) continue;
      const layout = Object.assign({}, figure.layout, {
        font: Object.assign({}, figure.layout.font, { color: ink }),
      });
      Plotly.react(box, figure.data, layout, config);
    }
  }

  draw();
  dark.addEventListener("change", draw);
})();

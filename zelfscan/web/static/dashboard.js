// Draws each figure on the page; the data table beside it says the same without a script.
(() => {
  const ink = getComputedStyle(document.body).color;
  for (const chart of document.querySelectorAll(".chart")) {
    const figure = JSON.parse(chart.querySelector("script").textContent);
    figure.layout.font.color = ink;
    chart.replaceChildren();
    Plotly.newPlot(chart, figure.data, figure.layout, { displayModeBar: false, responsive: true, staticPlot: true });
  }
})();

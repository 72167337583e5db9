// Draws each figure on the page; the data table beside it says the same without a script.
(() => {
  const { color: ink } = getComputedStyle(document.body);
  const line = getComputedStyle(document.documentElement).getPropertyValue("--line").trim();
  for (const chart of document.querySelectorAll(".chart")) {
    const figure = JSON.parse(chart.querySelector("script").textContent);
    figure.layout.font.color = ink;
    figure.layout.xaxis.gridcolor = line;
    chart.replaceChildren();
    Plotly.newPlot(chart, figure.data, figure.layout, { displayModeBar: false, responsive: true, staticPlot: true });
  }
})();

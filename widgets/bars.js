// Columns by year, on top of each other or side by side; the kinds differ by pattern as well as by colour.
charts.bars = (figure, { width, rtl, number }) => {
  const rows = figure.rows.filter((_, i) => !figure.totals.includes(i));
  const series = figure.series;
  const tops = rows.map((row) => (figure.stacked ? series.reduce((sum, at) => sum + (row[at] ?? 0), 0)
    : Math.max(...series.map((at) => row[at] ?? 0))));
  const most = Math.max(...tops, 0) || 1;
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 2.5, 5, 10].find((size) => size * power >= rough) * power, figure.whole ? 1 : 0);
  const top = Math.ceil(most / step) * step;
  const short = new Intl.NumberFormat(number.resolvedOptions().locale, { notation: "compact", numberingSystem: "latn" });
  const steps = [...Array(Math.round(top / step) + 1).keys()].map((at) => at * step);
  const widest = Math.max(...steps.map((value) => short.format(value).length));
  const [height, left, right, above, below] = [280, 16 + 8 * widest, 8, 12, 30];
  const x = (at) => (rtl ? width - at : at);
  const y = (value) => height - below - (value / top) * (height - below - above);
  const band = (width - left - right) / rows.length;
  const id = unique();
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${figure.title}. ${figure.summary}` },
    make("defs", {}, make("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      make("rect", { class: "hatch-ground", width: 6, height: 6 }), make("line", { class: "hatch", x1: 0, x2: 0, y1: 0, y2: 6 }))));
  for (const value of steps) {
    svg.append(make("line", { class: "grid", x1: x(left), x2: x(width - right), y1: y(value), y2: y(value) }),
      make("text", { x: x(left - 8), y: y(value) + 4, "text-anchor": "end", direction: rtl ? "rtl" : "ltr" }, short.format(value)));
  }
  const every = Math.ceil(44 / band);
  rows.forEach((row, i) => {
    const start = left + band * i;
    const inner = band * 0.8;
    let base = 0;
    series.forEach((at, k) => {
      const value = row[at] ?? 0;
      const wide = figure.stacked ? inner : inner / series.length;
      const from = start + band * 0.1 + (figure.stacked ? 0 : wide * k);
      const [low, high] = figure.stacked ? [base, base + value] : [0, value];
      base = high;
      if (!value) return;
      svg.append(make("rect", { class: `bar kind-${k} ${figure.marks[i].join(" ")}`, style: k === 1 ? `fill:url(#${id})` : undefined,
        x: rtl ? x(from) - wide : from, width: Math.max(1, wide - 1), y: y(high), height: y(low) - y(high) },
      make("title", {}, `${row[0]}, ${figure.columns[at].label}: ${number.format(value)}`)));
    });
    if ((rows.length - 1 - i) % every === 0) {
      // The last year's mark would be cut off at the edge of a narrow chart.
      const year = `${row[0]}${figure.marks[i].includes("partial") ? "*" : ""}`;
      const middle = Math.min(start + band / 2, width - 4 * year.length);
      svg.append(make("text", { x: x(middle), y: height - 8, "text-anchor": "middle", direction: "ltr" }, year));
    }
  });
  return svg;
};

// A bar for each row, the longest first, with its name above and its figure at its end.
charts.ranks = (figure, { width, rtl, number }) => {
  const rows = figure.rows.filter((_, i) => !figure.totals.includes(i));
  const most = Math.max(...rows.map((row) => row[1] ?? 0)) || 1;
  const [tall, thick] = [34, 10];
  const x = (at) => (rtl ? width - at : at);
  const svg = make("svg", { viewBox: `0 0 ${width} ${rows.length * tall}`, role: "img",
    "aria-label": `${figure.title}. ${figure.summary}` });
  const whole = new Intl.NumberFormat(number.resolvedOptions().locale, { maximumFractionDigits: 0, numberingSystem: "latn" });
  rows.forEach((row, i) => {
    const long = Math.max(1, ((row[1] ?? 0) / most) * width);
    const top = i * tall;
    const write = (at, anchor, text, kind) => make("text", { class: kind, x: x(at), y: top + 14, "text-anchor": anchor,
      direction: rtl ? "rtl" : "ltr" }, text);
    const shown = whole.format(row[1] ?? 0);
    svg.append(write(2, "start", fit(row[0], 14, width - 18 - 9 * shown.length), "name"), write(width - 2, "end", shown, "value"),
      make("rect", { class: "bar kind-0", x: rtl ? width - long : 0, y: top + 19, width: long, height: thick }));
  });
  return svg;
};

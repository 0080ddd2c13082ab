// From whom to whom: exporters on the side where reading begins, importers opposite, ribbons as wide as the quantity.
charts.flows = (figure, { width, rtl, number }) => {
  const rows = figure.rows.filter((_, i) => !figure.totals.includes(i));
  const gap = 6;
  const least = 18;
  const side = 12;
  const sum = (of) => of.reduce((all, row) => all + row[2], 0);
  const all = sum(rows) || 1;
  const scale = 420 / all;
  const nodes = (column) => {
    let top = 0;
    return [...new Set(rows.map((row) => row[column]))].map((name) => {
      const mine = rows.filter((row) => row[column] === name);
      const tall = Math.max(least, sum(mine) * scale);
      const node = { name, mine, top, tall, next: top + (tall - sum(mine) * scale) / 2, tonnes: sum(mine) };
      top += tall + gap;
      return node;
    });
  };
  const [from, to] = [nodes(0), nodes(1)];
  const reach = (side) => side.length && side[side.length - 1].top + side[side.length - 1].tall;
  const height = Math.max(reach(from), reach(to)) + gap;
  const x = (at) => (rtl ? width - at : at);
  const id = unique();
  const hatch = make("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    make("rect", { class: "hatch-ground", width: 6, height: 6 }), make("line", { class: "hatch", x1: 0, x2: 0, y1: 0, y2: 6 }));
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${figure.title}. ${figure.summary}` },
    make("defs", {}, hatch));
  rows.forEach((row, i) => {
    const wide = Math.max(1.5, row[2] * scale);
    const [a, b] = [from.find(({ name }) => name === row[0]), to.find(({ name }) => name === row[1])];
    const [y1, y2] = [a.next, b.next];
    a.next += row[2] * scale;
    b.next += row[2] * scale;
    const [left, middle, right] = [x(side), width / 2, x(width - side)];
    const marks = figure.marks[i];
    svg.append(make("path", {
      class: `ribbon ${marks.join(" ")}`,
      style: marks.includes("outlier") ? `fill:url(#${id})` : undefined,
      d: `M${left} ${y1}C${middle} ${y1} ${middle} ${y2} ${right} ${y2}v${wide}C${middle} ${y2 + wide} ${middle} ${y1 + wide} ${left} ${y1 + wide}z`,
    }, make("title", {}, `${row[0]} → ${row[1]}: ${number.format(row[2])}. ${row[3]}`)));
  });
  const label = (node, at, anchor) => svg.append(
    make("rect", { class: "node", x: Math.min(x(at), x(at + side)), y: node.top, width: side, height: node.tall }),
    make("text", { class: "name", x: x(anchor === "start" ? side + 6 : width - side - 6), y: node.top + node.tall / 2 + 5,
      "text-anchor": anchor, direction: rtl ? "rtl" : "ltr" }, fit(node.name, 14, width / 2 - side - 12)));
  from.forEach((node) => label(node, 0, "start"));
  to.forEach((node) => label(node, width - side, "end"));
  return svg;
};

// Bubbles on the land of the world: as large in area as the figure, the largest drawn first, so that none hides another.
charts.bubbles = (figure, { width, rtl, number, world }) => {
  const rows = figure.rows.map((row, i) => ({ name: row[0], value: row[1], place: figure.places[i] }))
    .filter(({ value, place }) => place && value > 0);
  const scale = width / world.width;
  const most = Math.max(...rows.map(({ value }) => value)) || 1;
  const largest = Math.max(13, width * 0.034);
  const radius = (value) => Math.max(1.5, Math.sqrt(value / most) * largest);
  const bottom = Math.ceil(world.height * scale) + 8;
  const height = bottom + 2 * largest + 8;
  const whole = new Intl.NumberFormat(number.resolvedOptions().locale, { maximumSignificantDigits: 3, roundingPriority: "morePrecision",
    maximumFractionDigits: 0, numberingSystem: "latn" });
  const direction = rtl ? "rtl" : "ltr";
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = "600 14px system-ui";
  const id = unique();
  const tag = make("text", { class: "name tag", "text-anchor": "middle", direction, "aria-hidden": "true" });
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `${figure.title}. ${figure.summary}`,
    "aria-describedby": id }, make("desc", { id }, figure.hint),
  make("path", { class: "land", d: world.land, transform: `scale(${scale})` }));
  const bubbles = rows.map(({ name, value, place: [x, y] }, i) => make("circle", { class: "bubble", cx: x * scale, cy: y * scale,
    r: radius(value), role: "img", "aria-label": `${name}. ${figure.columns[1].label}: ${number.format(value)}`,
    onfocus: () => show(i), onpointerenter: () => show(i), onclick: () => bubbles[i].focus() }));

  function show(at) {
    const { name, value, place: [x, y] } = rows[at];
    const words = `${name}: ${whole.format(value)}`;
    const half = pen.measureText(words).width / 2 + 4;
    const above = y * scale - radius(value) - 6;
    tag.textContent = words;
    tag.setAttribute("x", Math.min(Math.max(x * scale, half), width - half));
    tag.setAttribute("y", above > 14 ? above : y * scale + radius(value) + 16);
    bubbles.forEach((bubble, i) => {
      bubble.setAttribute("tabindex", i === at ? 0 : -1);
      bubble.classList.toggle("now", i === at);
    });
  }

  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 };
  svg.addEventListener("keydown", (event) => {
    const at = bubbles.indexOf(event.target);
    const to = { Home: 0, End: rows.length - 1 }[event.key] ?? at + (step[event.key] ?? NaN);
    if (at < 0 || !bubbles[to]) return;
    event.preventDefault();
    bubbles[to].focus();
  });
  svg.append(...bubbles, tag);
  if (rows.length) show(0);

  // Round figures, each with the bubble it would have.
  const power = 10 ** Math.floor(Math.log10(most));
  const top = [5, 2, 1].find((size) => size * power <= most) * power;
  let at = 4;
  const x = (from) => (rtl ? width - from : from);
  const write = (words) => svg.append(make("text", { x: x(at), y: bottom + largest + 5, "text-anchor": "start", direction }, words));
  for (const value of [top, top / 10, top / 100]) {
    const words = whole.format(value);
    const r = radius(value);
    svg.append(make("circle", { class: "bubble size", cx: x(at + r), cy: bottom + largest, r }));
    at += 2 * r + 6;
    write(words);
    at += pen.measureText(words).width + 12;
  }
  if (at + pen.measureText(figure.columns[1].label).width < width) write(figure.columns[1].label);
  return svg;
};

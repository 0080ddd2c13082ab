// Draws what widgets/ratifications.py counts. All texts come from Python; nothing here needs the kernel again.
const SIZE = { height: 340, left: 44, right: 24, top: 16, bottom: 34 };

function render({ model, el }) {
  const get = (name) => model.get(name);
  const text = (key, values = {}) => fill(get("texts")[key], values);
  const years = get("years");
  const last = years[years.length - 1];
  const rtl = get("direction") === "rtl";
  const number = numbers(get("language"));
  const id = unique();
  let year = last;

  const series = (convention) => {
    const regions = get("region") ? [get("region")] : Object.keys(get("regions"));
    return years.map((_, i) => regions.reduce((sum, region) => sum + get("counts")[convention][region][i], 0));
  };
  const shown = () => Object.keys(get("names")).filter((key) => get("conventions").includes(key));
  const choose = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  const keys = Object.keys(get("names")).map((key) => {
    const box = make("input", {
      type: "checkbox", value: key, checked: get("conventions").includes(key),
      onchange: () => choose("conventions", boxes.filter((b) => b.checked).map((b) => b.value)),
    });
    const sample = make("svg", { class: `line ${key}`, viewBox: "0 0 28 8", "aria-hidden": "true" },
      make("path", { d: "M0 4H28" }));
    return { box, value: make("output"), row: make("label", {}, box, sample, get("names")[key]) };
  });
  const boxes = keys.map(({ box }) => box);
  const legend = make("legend");
  keys.forEach(({ row, value }) => row.append(" ", value));

  const region = make("select", { id: `${id}-region`, onchange: () => choose("region", region.value) },
    make("option", { value: "" }, text("world")),
    ...Object.entries(get("regions")).map(([code, name]) => make("option", { value: code }, name)));
  const slider = make("input", {
    type: "range", id: `${id}-year`, min: years[0], max: last, value: last,
    oninput: () => { year = Number(slider.value); draw(); },
  });
  const chart = make("div", { class: "chart" });
  const empty = make("p", { class: "empty", role: "status" });
  const table = make("table");
  const link = make("a", { class: "view" }, text("link"));

  function address() {
    const query = new URLSearchParams({ lang: get("language") });
    if (shown().length < keys.length) query.set("convention", shown().join(","));
    if (get("region")) query.set("region", get("region"));
    return `${location.pathname}?${query}`;
  }

  function plot() {
    const lines = shown().map((key) => [key, series(key)]);
    const most = Math.max(0, ...lines.flatMap(([, values]) => values));
    const step = [1, 2, 5, 10, 20, 50].find((size) => size * 5 >= most);
    const top = step * Math.max(2, Math.ceil(most / step));
    const { height, left, right, bottom } = SIZE;
    // As wide as the page gives, so that the letters in the chart keep their size on a phone.
    const width = Math.max(280, chart.clientWidth || 640);
    const x = (at) => {
      const along = left + ((at - years[0]) / (last - years[0])) * (width - left - right);
      return rtl ? width - along : along;
    };
    const y = (value) => height - bottom - (value / top) * (height - bottom - SIZE.top);
    const path = (values, from, to) => values.reduce((d, value, i) => {
      // Before a convention is in force there is nothing to draw.
      if (years[i] < from || years[i] > to || !(value || values[i + 1])) return d;
      return d + (d ? `H${x(years[i])}V${y(value)}` : `M${x(years[i])} ${y(value)}`);
    }, "");
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-title` },
      make("title", { id: `${id}-title` }, text("chart")));
    for (let value = 0; value <= top; value += step) {
      const at = y(value);
      svg.append(make("line", { class: "grid", x1: x(years[0]), x2: x(last), y1: at, y2: at }),
        make("text", { x: x(years[0]) + (rtl ? 8 : -8), y: at + 4, "text-anchor": "end", direction: rtl ? "rtl" : "ltr" },
          number.format(value)));
    }
    for (const at of years.filter((value) => value % (width < 480 ? 10 : 5) === 0)) {
      svg.append(make("text", { x: x(at), y: height - 10, "text-anchor": "middle", direction: "ltr" }, String(at)));
    }
    svg.append(make("line", { class: "now", x1: x(year), x2: x(year), y1: SIZE.top, y2: height - bottom }));
    for (const [key, values] of lines) {
      svg.append(make("path", { class: `series ${key}`, d: path(values, years[0], get("complete")) }),
        make("path", { class: `series partial ${key}`, d: path(values, get("complete"), last) }),
        make("circle", { class: `dot ${key}`, cx: x(year), cy: y(values[year - years[0]]), r: 4.5 }));
    }
    chart.replaceChildren(svg);
  }

  function tabulate() {
    const columns = shown();
    const values = columns.map(series);
    table.replaceChildren(
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, text("year")),
        ...columns.map((key) => make("th", { scope: "col" }, get("names")[key])))),
      make("tbody", {}, ...years.map((at, i) => make("tr", {}, make("th", { scope: "row" }, String(at)),
        ...values.map((column) => make("td", {}, number.format(column[i])))))));
  }

  const place = () => (get("region") ? get("regions")[get("region")] : text("world"));
  const file = () => `parties${get("region") && "-" + get("region")}`;
  function download() {
    const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    saveCsv(rows, [`${text("region")}: ${place()}`, get("note")], file());
  }
  function shoot(kind) {
    const legend = keys.filter(({ box }) => box.checked)
      .map(({ box, value }) => [`series.${box.value}`, `${get("names")[box.value]}: ${value.textContent}`]);
    savePicture(picture(chart.querySelector("svg"), { title: `${text("chart")} – ${place()}`, legend, rtl,
      note: `${text("parties_in", { year })} · ${text("partial")} · ${get("note")}` }), file(), kind);
  }
  const button = (label, onclick) => make("button", { type: "button", onclick }, label);

  function draw() {
    legend.textContent = text("parties_in", { year });
    slider.setAttribute("aria-valuetext", String(year));
    keys.forEach(({ box, value }) => {
      box.checked = get("conventions").includes(box.value);
      value.textContent = number.format(series(box.value)[year - years[0]]);
    });
    region.value = get("region");
    empty.textContent = shown().length ? "" : text("none");
    link.setAttribute("href", address());
    plot();
    tabulate();
  }

  el.replaceChildren(make("section", { class: "chm-parties", lang: get("language"), dir: get("direction") },
    make("div", { class: "controls" },
      make("p", {}, make("label", { for: `${id}-region` }, text("region")), region),
      make("p", {}, make("label", { for: `${id}-year` }, text("year")), slider)),
    make("fieldset", {}, legend, ...keys.map(({ row }) => row)),
    make("figure", {}, chart, make("figcaption", {}, text("chart"), " · ", text("partial"))),
    empty,
    make("p", { class: "actions" }, button(text("csv"), download),
      button(text("svg"), () => shoot("svg")), button(text("png"), () => shoot("png")), link),
    make("details", {}, make("summary", {}, text("table")), make("div", { class: "scroll", tabindex: "0" }, table)),
    make("p", { class: "note" }, get("note"))));
  model.on("change:conventions change:region", draw);
  const observer = new ResizeObserver(plot);
  observer.observe(chart);
  draw();
  return () => observer.disconnect();
}

export default { render };

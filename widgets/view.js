// Draws what a View of widgets/view.py shows: its controls, each figure with summary, chart, table and files, the link.
const PATIENCE = 4000;

function control(about, value, onchange) {
  const id = unique();
  const label = make("label", { for: id }, about.label);
  if (about.kind === "search") {
    let waiting;
    const input = make("input", { type: "search", id, value, placeholder: about.hint, autocomplete: "off",
      oninput: () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => onchange(input.value), 150);
      } });
    return { row: make("p", { class: "wide" }, label, input), input };
  }
  const option = ([key, name]) => make("option", { value: key, selected: key === value }, name);
  const input = make("select", { id, onchange: () => onchange(input.value) }, ...about.options.map(option),
    ...about.groups.map(([name, options]) => make("optgroup", { label: name }, ...options.map(option))));
  return { row: make("p", {}, label, input), input };
}

function tabulate(figure, number) {
  const cell = (value, i) => {
    const { kind } = figure.columns[i];
    const shown = value === null ? "–" : typeof value === "number" && kind === "number" ? number.format(value) : value;
    if (kind === "english") return make("bdi", { dir: "ltr", lang: "en" }, shown);
    // Lines break between codes, never within one.
    const codes = () => String(shown).split(", ").flatMap((code, at) => [at ? ", " : "", make("span", {}, code)]);
    return kind === "code" ? make("bdi", { dir: "ltr" }, ...codes()) : shown;
  };
  const row = (values, at) => make("tr", { class: figure.totals.includes(at) ? "total" : false }, ...values.map((value, i) =>
    (i ? make("td", { class: figure.columns[i].kind }, cell(value, i)) : make("th", { scope: "row" }, cell(value, i)))));
  return make("table", {}, make("caption", { class: "away" }, figure.title),
    make("thead", {}, make("tr", {}, ...figure.columns.map(({ label, kind }) => make("th", { scope: "col", class: kind }, label)))),
    make("tbody", {}, ...figure.rows.map(row)));
}

function render({ model, el }) {
  const { language, direction, texts, controls, note, world } = model.get("page");
  const rtl = direction === "rtl";
  const number = numbers(language, { maximumFractionDigits: 3 });
  const body = make("div", { class: "figures" });
  const status = make("p", { class: "status", role: "status" });
  const link = make("a", { class: "view" }, texts.link);
  const open = new Set();
  let overdue;

  const address = () => {
    const choice = model.get("choice");
    const changed = controls.filter(({ name, value }) => choice[name] !== value).map(({ name }) => [name, choice[name]]);
    return `${location.pathname}?${new URLSearchParams([["lang", language], ...changed])}`;
  };
  const choose = (name, value) => {
    model.set("choice", { ...model.get("choice"), [name]: value });
    model.save_changes();
    link.setAttribute("href", address());
    clearTimeout(overdue);
    // A kernel that has ended says nothing; the link opens the view that was chosen with a new one.
    overdue = setTimeout(() => status.replaceChildren(make("a", { href: address() }, texts.late)), PATIENCE);
  };
  const inputs = controls.map((about) => [about, control(about, model.get("choice")[about.name],
    (value) => choose(about.name, value))]);

  function section(figure) {
    const chart = make("div", { class: `chart ${figure.chart}` });
    const table = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": figure.title },
      tabulate(figure, number));
    const plot = () => {
      const svg = charts[figure.chart]?.(figure, { width: Math.max(280, chart.clientWidth || 640), rtl, number, world });
      if (svg) chart.replaceChildren(svg);
    };
    const heads = figure.columns.map(({ label }) => label);
    const notes = [...new Set([figure.title, figure.summary, ...controls.map(({ name, label, options, groups }, i) => {
      const key = model.get("choice")[name];
      const known = [...(options ?? []), ...(groups ?? []).flatMap(([, all]) => all)].find(([value]) => value === key);
      return `${label}: ${known ? known[1] : key}`;
    }), figure.remark, note].filter(Boolean))];
    const file = `${model.get("page").name}-${figure.name}`;
    const words = [figure.summary, figure.remark, note].filter(Boolean).join(" ");
    const shoot = (kind) => () => savePicture(picture(chart.querySelector("svg"),
      { title: figure.title, legend: figure.legend, note: words, rtl }), file, kind);
    const button = (label, onclick) => make("button", { type: "button", "aria-label": `${label}: ${figure.title}`, onclick }, label);
    const drawn = figure.chart in charts && figure.rows.length > 0;
    const part = make("section", { class: "figure", "aria-label": figure.title },
      make("h2", {}, figure.title), make("p", { class: "summary" }, figure.summary));
    if (drawn) {
      part.append(chart, make("p", { class: "legend" }, ...figure.legend.map(([mark, words]) =>
        make("span", {}, make("i", { class: mark, "aria-hidden": "true" }), words))),
      ...(figure.hint ? [make("p", { class: "note hint" }, figure.hint)] : []),
      ...(figure.remark ? [make("p", { class: "note remark" }, figure.remark)] : []));
    }
    if (figure.rows.length) {
      const details = make("details", { open: !drawn || open.has(figure.name), ontoggle: () =>
        (details.open ? open.add(figure.name) : open.delete(figure.name)) }, make("summary", {}, texts.table), table);
      part.append(make("p", { class: "actions" }, button(texts.csv, () => saveCsv([heads, ...figure.rows], notes, file)),
        ...(drawn ? [button(texts.svg, shoot("svg")), button(texts.png, shoot("png"))] : [])), drawn ? details : table);
    }
    return { part, chart, plot: drawn ? plot : () => {} };
  }

  let parts = [];
  const plotAll = () => parts.forEach(({ plot }) => plot());
  function draw() {
    clearTimeout(overdue);
    status.replaceChildren();
    parts = model.get("shown").figures.map(section);
    body.replaceChildren(...parts.map(({ part }) => part));
    for (const [{ name }, { input }] of inputs) if (document.activeElement !== input) input.value = model.get("choice")[name];
    link.setAttribute("href", address());
    status.textContent = model.get("shown").figures[0].summary;
    plotAll();
  }

  el.replaceChildren(make("section", { class: "chm-parts chm-view", lang: language, dir: direction },
    make("div", { class: "controls" }, ...inputs.map(([, { row }]) => row)), status, body,
    make("p", { class: "actions" }, link), make("p", { class: "note" }, note)));
  model.on("change:shown", draw);
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (width !== body.clientWidth) plotAll();
    width = body.clientWidth;
  });
  observer.observe(body);
  draw();
  return () => {
    observer.disconnect();
    clearTimeout(overdue);
    model.off("change:shown", draw);
  };
}

export default { render };

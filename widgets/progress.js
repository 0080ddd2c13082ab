// How far she is: a sentence, a bar, and the steps with their counts in words.
function render({ model, el }) {
  const { language, direction, title, total } = model.get("page");
  const id = unique();
  const said = make("p", { class: "summary", role: "status" });
  const bar = make("progress", { max: total, "aria-labelledby": id });
  const list = make("ul", {});
  function draw() {
    const rows = model.get("rows");
    said.textContent = model.get("said");
    bar.value = rows.reduce((sum, { done }) => sum + done, 0);
    list.replaceChildren(...rows.map(({ title: step, said: count, done, total: all }) =>
      make("li", { class: done === all ? "done" : false }, make("span", { "aria-hidden": "true" }, done === all ? "✓" : "·"),
        isolated(step), make("span", { class: "count" }, count))));
  }
  el.replaceChildren(make("section", { class: "chm-parts chm-progress", lang: language, dir: direction, "aria-labelledby": id },
    make("h2", { id }, title), said, bar, list));
  model.on("change:rows change:said", draw);
  draw();
  return () => model.off("change:rows change:said", draw);
}

export default { render };

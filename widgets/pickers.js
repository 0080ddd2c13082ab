// One native list: it is known to every keyboard, phone and screen reader.
function render({ model, el }) {
  const { language, direction, control } = model.get("page");
  const id = unique();
  const option = ([key, name]) => make("option", { value: key, selected: key === model.get("value") }, name);
  const input = make("select", { id, onchange: () => {
    model.set("value", input.value);
    model.save_changes();
  } }, ...control.options.map(option),
  ...control.groups.map(([name, options]) => make("optgroup", { label: name }, ...options.map(option))));
  const follow = () => { input.value = model.get("value"); };
  el.replaceChildren(make("section", { class: "chm-parts", lang: language, dir: direction, "aria-label": control.label },
    make("div", { class: "controls" }, make("p", { class: "wide" }, make("label", { for: id }, control.label), input))));
  model.on("change:value", follow);
  return () => model.off("change:value", follow);
}

export default { render };

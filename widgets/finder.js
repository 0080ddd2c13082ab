// A path of questions: what was answered stands above, one question or the outcome below it.
function render({ model, el }) {
  const { language, direction, texts, steps } = model.get("page");
  const id = unique();
  const list = make("ul", { class: "matches" });
  const problem = make("p", { class: "problem", role: "status" });
  const path = make("ol", { class: "path" });
  const now = make("div", { class: "now", tabindex: "-1", "aria-live": "polite" });
  let waiting;
  const input = make("input", { type: "search", id, value: model.get("find"), placeholder: texts.hint, autocomplete: "off",
    oninput: () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => set("find", input.value), 150);
    } });
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  const walk = (to) => {
    set("path", to);
    now.focus();
  };
  const where = ({ convention, article }) => make("p", { class: "where" },
    article ? fill(texts.where, { convention, article: `\u2068${article}\u2069` }) : convention);
  // A path begins where the look-up led; its first entry says which step that is.
  const current = () => {
    const answered = model.get("path");
    if (!answered.length) return "start";
    const [key, place] = answered[answered.length - 1];
    return place < 0 ? key : steps[key].answers[place][1];
  };

  function search() {
    problem.textContent = model.get("problem");
    list.replaceChildren(...model.get("matches").map(({ name, where: place, step }) => make("li", {},
      make("bdi", { lang: "en", dir: "ltr" }, name), make("span", { class: "where" }, place),
      make("button", { type: "button", "aria-label": `${texts.begin}: ${name}`, onclick: () => walk([[step, -1]]) }, texts.begin))));
  }

  function draw() {
    const answered = model.get("path");
    path.replaceChildren(...answered.flatMap(([key, place], i) => (place < 0 ? [] : [make("li", {},
      make("span", {}, steps[key].text), " ", make("strong", {}, steps[key].answers[place][0]), " ",
      make("button", { type: "button", class: "plain", "aria-label": `${texts.change}: ${steps[key].text}`,
        onclick: () => walk(answered.slice(0, i)) }, texts.change), where(steps[key]))])));
    const key = current();
    const step = steps[key];
    const answers = step.answers.map(([words], place) => make("button", { type: "button",
      onclick: () => walk([...model.get("path"), [key, place]]) }, words));
    now.className = `now ${step.consent}`;
    now.replaceChildren(...(step.consent ? [make("p", { class: "verdict" }, make("span", { "aria-hidden": "true" },
      { yes: "✎ ", no: "✕ ", none: "✓ " }[step.consent]), texts[step.consent])] : []),
    make("p", { class: "question" }, step.text), where(step), make("div", { class: "answers" }, ...answers,
      ...(answered.length ? [make("button", { type: "button", class: "plain", onclick: () => walk([]) }, texts.again)] : [])));
  }

  el.replaceChildren(make("section", { class: "chm-parts chm-finder", lang: language, dir: direction, "aria-label": texts.title },
    make("h2", {}, texts.title), make("p", { class: "search" }, make("label", { for: id }, texts.find), input), problem, list,
    path, now, make("p", { class: "note" }, texts.caveat)));
  model.on("change:path", draw);
  model.on("change:matches change:problem", search);
  search();
  draw();
  return () => {
    model.off("change:path", draw);
    model.off("change:matches change:problem", search);
  };
}

export default { render };

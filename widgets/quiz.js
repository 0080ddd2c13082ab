// One question: native fields, a button that asks Python, and what Python says of the answer.
const SILENCE = 8000;

function render({ model, el }) {
  const { kind, language, direction, variable, text, reason, texts, options, items, many, graded } = model.get("page");
  const id = unique();
  const given = () => (model.get("verdict").kept ?? "").split(" ").filter(Boolean);
  let overdue;

  function send(answer) {
    clearTimeout(overdue);
    if (!answer) return say("bad", texts.open);
    overdue = setTimeout(() => say("bad", texts.silent), SILENCE);
    // An answer given a second time is an answer too.
    if (model.get("answer") === answer) return tell();
    model.set("answer", answer);
    return model.save_changes();
  }

  const fields = {
    choose() {
      const inputs = options.map((_, i) => make("input", { type: many ? "checkbox" : "radio", name: id, id: `${id}-${i}`,
        value: i + 1, checked: given().includes(String(i + 1)) }));
      return { nodes: inputs.map((input, i) => make("label", { class: "option", for: `${id}-${i}` }, input, isolated(options[i]))),
        answer: () => inputs.filter((input) => input.checked).map((input) => input.value).join(" ") };
    },
    match() {
      const inputs = items.map((_, i) => make("select", { id: `${id}-${i}` }, make("option", { value: "" }, texts.choose),
        ...options.map((option, k) => make("option", { value: k + 1, selected: given()[i] === String(k + 1) }, option))));
      return { nodes: inputs.map((input, i) => make("p", { class: "pair" }, make("label", { for: `${id}-${i}` }, isolated(items[i])), input)),
        answer: () => (inputs.every((input) => input.value) ? inputs.map((input) => input.value).join(" ") : "") };
    },
    order() {
      let places = given().length ? given().map(Number) : options.map((_, i) => i + 1);
      const list = make("ol", {});
      const draw = (focus) => {
        list.replaceChildren(...places.map((place, at) => {
          const move = (by, label, sign) => make("button", { type: "button", "aria-label": `${label}: ${options[place - 1]}`,
            "aria-disabled": String(!places[at + by]), onclick: () => {
              if (!places[at + by]) return;
              places = places.map((one, i) => (i === at ? places[at + by] : i === at + by ? place : one));
              draw([at + by, by]);
            } }, sign);
          return make("li", {}, isolated(options[place - 1]), make("span", { class: "moves" },
            move(-1, texts.up, "↑"), move(1, texts.down, "↓")));
        }));
        if (!focus) return;
        const [at, by] = focus;
        list.children[at].querySelectorAll("button")[by < 0 ? 0 : 1].focus();
        say("", texts.place.replace("{n}", at + 1));
      };
      draw();
      return { nodes: [list], answer: () => places.join(" ") };
    },
    number() {
      const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", dir: "ltr", "aria-labelledby": `${id}-text`,
        value: model.get("verdict").kept || model.get("answer") });
      return { nodes: [make("p", {}, input)], answer: () => input.value.trim() };
    },
  };
  const { nodes, answer } = fields[kind]();
  const said = make("p", { class: "said", role: "status" });
  const why = make("details", { hidden: true }, make("summary", {}, texts.why), make("p", {}, isolated(reason)));
  const saved = make("p", { class: "note" });
  const say = (state, sentence) => {
    const sign = { right: "✓ ", wrong: "✗ ", bad: "! ", recorded: "✓ " }[state] ?? "";
    said.className = `said ${state}`;
    said.replaceChildren(...(sign ? [make("span", { "aria-hidden": "true" }, sign)] : []), sentence);
  };

  function tell() {
    clearTimeout(overdue);
    const { state, said: sentence } = model.get("verdict");
    say(state, sentence);
    why.hidden = !reason || !["right", "wrong"].includes(state);
    if (state === "right") why.open = true;
  }
  // Whoever shows the notebook can write the answer into the cell, and says so by taking the event.
  function keep() {
    tell();
    const { kept, answer: given } = model.get("verdict");
    if (!kept || given !== model.get("answer")) return;
    const event = new CustomEvent("chm-answer", { bubbles: true, cancelable: true, composed: true, detail: { variable, kept } });
    saved.textContent = el.dispatchEvent(event) ? texts.unsaved : texts.saved;
  }

  // What is graded is kept at once, but for an order: there the first one may be meant.
  const instant = graded && kind !== "order";
  const form = make("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    send(answer());
  }, onchange: () => instant && answer() && send(answer()),
  // Keys typed here are not shortcuts of the notebook around.
  onkeydown: (event) => event.ctrlKey || event.metaKey || event.stopPropagation() },
  make("fieldset", {}, make("legend", { id: `${id}-text` }, isolated(text)), ...nodes),
  ...(instant ? [] : [make("button", { type: "submit" }, graded ? texts.keep : texts.check)]));
  el.replaceChildren(make("section", { class: "chm-parts chm-quiz", lang: language, dir: direction, "aria-labelledby": `${id}-text` },
    form, said, why, saved));
  model.on("change:verdict", keep);
  tell();
  return () => {
    clearTimeout(overdue);
    model.off("change:verdict", keep);
  };
}

export default { render };

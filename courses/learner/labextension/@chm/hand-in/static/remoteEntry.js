/* The hand-in button of JupyterLab and Notebook 7, as a module-federation container written by hand: no build step. */
(() => {
  "use strict";
  const NAME = "@chm/hand-in";
  const AUTHORING = "authoring/";
  /* JupyterLab aligns prose to the left in every language, and lets code be reordered within Arabic. */
  const STYLE = `
    .jp-RenderedMarkdown [dir] :is(p, li, th, td) { text-align: start; }
    .jp-RenderedMarkdown [dir="rtl"] { line-height: 1.8; }
    .jp-RenderedMarkdown [dir="rtl"] blockquote { border-left: 0; border-inline-start: 5px solid var(--jp-border-color2); }
    .jp-RenderedMarkdown :is(code, pre) { direction: ltr; unicode-bidi: isolate; }`;
  let shared;

  /** A module that JupyterLab shares with its extensions. */
  async function take(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    made.textContent = text;
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  }

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  /** What the Hub asks of every request a script makes, reading ones too: proof that it comes from this page. */
  const proof = () => ({ "X-XSRFToken": cookie("_xsrf") });

  /** Post to the member's own server; its answer, or an error with a sentence for her. */
  async function post(base, path, body, words) {
    let answer;
    try {
      answer = await fetch(base + path, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", ...proof() },
        body: JSON.stringify(body),
      });
      const found = await answer.json();
      if (answer.ok) return found;
      throw new Error(found.error?.message || words.silent);
    } catch (error) {
      throw answer ? (error instanceof SyntaxError ? new Error(words.silent) : error) : new Error(words.silent);
    }
  }

  /** A dialog that takes the focus, is announced, closes with Escape and gives the focus back. */
  function show(speech, title, parts, button) {
    const { language, direction, words } = speech;
    const dialog = element("dialog", "", {
      role: "alertdialog", "aria-labelledby": "chm-title", "aria-describedby": "chm-said", lang: language, dir: direction,
    });
    const close = element("button", words.close, { type: "button", class: "chm-close", autofocus: "" });
    const said = element("div", "", { id: "chm-said" });
    said.append(...parts);
    dialog.append(element("h2", title, { id: "chm-title" }), said, close);
    Object.assign(dialog.style, {
      maxWidth: "40rem", padding: "1.5rem", border: "0", borderRadius: "8px", color: "#1b1b1b", background: "#fff",
      lineHeight: "1.6", fontSize: "1rem",
    });
    Object.assign(close.style, { minHeight: "2.75rem", padding: "0 1.25rem", marginBlockStart: "1rem", fontSize: "1rem" });
    // Keys typed here are not shortcuts of the notebook behind.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      button.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  function facts(rows) {
    const list = element("dl", "");
    rows.forEach(([name, value]) => {
      const told = element("dd", "");
      told.append(Object.assign(element("bdi", value), { style: "overflow-wrap: anywhere" }));
      list.append(element("dt", name), told);
    });
    return list;
  }

  function receipt(speech, { receipt: given, page }) {
    const { language, words } = speech;
    const time = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium" }).format(new Date(given.at));
    const link = element("a", words.open, { href: page, target: "_blank", rel: "noopener", class: "chm-receipt" });
    Object.assign(link.style, { color: "#0b6e75", textDecoration: "underline", display: "inline-block", minHeight: "24px" });
    const attempt = new Intl.NumberFormat(language).format(given.attempt);
    return [
      element("p", words.kept),
      facts([[words.attempt, attempt], [words.time, time], [words.number, given.id], [words.hash, given.sha256]]),
      link,
    ];
  }

  /** The two buttons: when each is shown, what it posts to and what it says. */
  const ACTIONS = [
    {
      id: "chm-hand-in",
      fits: (path, stamp) => !path.startsWith(AUTHORING) && stamp?.kind === "assignment",
      path: "chm/hand-in", label: "handIn", busy: "handingIn", done: "handedIn", failed: "notHandedIn",
      told: receipt,
    },
    {
      id: "chm-save",
      fits: (path) => path.startsWith(AUTHORING),
      path: "chm/author/save", label: "save", busy: "saving", done: "saved", failed: "notSaved",
      told: ({ words }) => [element("p", words.savedHow)],
    },
  ];

  async function act(action, button, context, base, speech) {
    const { words } = speech;
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    button.textContent = words[action.busy];
    try {
      await context.save();
      const answer = await post(base, action.path, { path: context.localPath }, words);
      show(speech, words[action.done], action.told(speech, answer), button);
    } catch (error) {
      show(speech, words[action.failed], [element("p", error.message)], button);
    } finally {
      button.setAttribute("aria-disabled", "false");
      button.textContent = words[action.label];
    }
  }

  function addButton(Widget, action, panel, context, base, speech) {
    const { language, direction, words } = speech;
    const button = element("button", words[action.label], {
      type: "button", class: `jp-Button ${action.id}`, lang: language, dir: direction, "aria-live": "polite",
    });
    Object.assign(button.style, {
      minHeight: "24px", padding: "0 12px", border: "0", borderRadius: "3px", cursor: "pointer",
      color: "#fff", background: "#0b6e75", fontSize: "inherit", whiteSpace: "nowrap",
    });
    button.addEventListener("click", () => act(action, button, context, base, speech));
    const holder = element("div", "", { class: "jp-Toolbar-item" });
    holder.append(button);
    panel.toolbar.insertItem(0, action.id, new Widget({ node: holder }));
  }

  /** Write what was chosen in a question of `widgets/quiz.js` into its cell: there the notebook keeps it. */
  function keepAnswers(panel) {
    panel.node.addEventListener("chm-answer", (event) => {
      const { variable, kept } = event.detail ?? {};
      if (!/^[A-Za-z_]\w*$/.test(variable) || !/^[-\d. ]+$/.test(kept)) return;
      const cell = panel.content.widgets.find(({ node }) => node.contains(event.target));
      const place = new RegExp(`^(${variable} *= *)"[^"\\n]*"`, "m");
      const source = cell?.model.sharedModel.getSource() ?? "";
      if (!place.test(source)) return;
      const written = source.replace(place, `$1"${kept}"`);
      if (written !== source) cell.model.sharedModel.setSource(written);
      event.preventDefault();
    });
  }

  const plugin = {
    id: `${NAME}:plugin`,
    autoStart: true,
    activate: async (app) => {
      document.head.append(element("style", STYLE));
      const { Widget } = await take("@lumino/widgets");
      const base = app.serviceManager.serverSettings.baseUrl;
      const speech = await (await fetch(`${base}chm/words`, { credentials: "same-origin", headers: proof() })).json();
      const extend = async (panel, context) => {
        await context.ready;
        const stamp = context.model.getMetadata("chm");
        const action = ACTIONS.find((each) => each.fits(context.localPath, stamp));
        if (!panel.isDisposed) keepAnswers(panel);
        if (action && !panel.isDisposed) addButton(Widget, action, panel, context, base, speech);
      };
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel, context) => {
          extend(panel, context);
          return { isDisposed: false, dispose() {} };
        },
      });
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();

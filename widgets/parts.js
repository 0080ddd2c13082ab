// What the widgets share: elements, figures written in the reader's language, and files of what is shown.
const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "path", "line", "text", "g", "title", "circle", "rect", "pattern", "defs", "desc"]);
const charts = {};

function make(tag, attributes = {}, ...children) {
  const node = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const unique = () => `chm-${Math.random().toString(36).slice(2)}`;
const numbers = (language, options) => new Intl.NumberFormat(`${language}-u-nu-latn`, options);
const fill = (text, values) => Object.entries(values).reduce((all, [key, value]) => all.replace(`{${key}}`, value), text);

// As much of a text as has room, in letters of a size in pixels.
const pen = document.createElement("canvas").getContext("2d");
function fit(text, size, room) {
  pen.font = `${size}px system-ui, sans-serif`;
  const wide = (part) => pen.measureText(part).width <= room;
  if (wide(text)) return text;
  const letters = [...text];
  while (letters.length > 1 && !wide(`${letters.join("")}…`)) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

// A text in another language than its surroundings keeps its own direction and stands where they begin; an Arabic one
// may begin with a code.
const isolated = (text) => make("span", {}, make("bdi", { dir: /[\u0590-\u08ff]/.test(text) ? "rtl" : "ltr" }, text));

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Rows of cells, then the notes that travel with the figures, so that a file passed on still says how sure they are.
function saveCsv(rows, notes, name) {
  // What begins like a formula is text to us, and must be text to a spreadsheet too.
  const plain = (cell) => (typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell ?? ""));
  const quote = (cell) => `"${plain(cell).replaceAll('"', '""')}"`;
  const lines = [...rows.map((row) => row.map(quote).join(",")), "", ...notes.map(quote)];
  save(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
}

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight",
  "font-family", "paint-order", "text-anchor", "direction"];

function dress(node, like) {
  const style = getComputedStyle(like);
  for (const name of KEPT) node.setAttribute(name, style.getPropertyValue(name));
  return node;
}

// A line of the legend: what has this class in the chart as a sample, a line for lines, and its words.
function sample(svg, [mark, words], { x, y, rtl, ...look }) {
  // What has other marks too would stand for those.
  const [like] = [...svg.querySelectorAll(`.${mark}`)].sort((a, b) => a.classList.length - b.classList.length);
  const at = rtl ? x - 20 : x;
  const shape = like && getComputedStyle(like).fill === "none" ? make("path", { d: `M${at} ${y + 7}h20` })
    : make("rect", { x: at, y: y + 1, width: 20, height: 12 });
  return [...(like ? [dress(shape, like)] : []), make("text", { x: rtl ? x - 28 : x + 28, y: y + 12, "font-size": 12,
    direction: rtl ? "rtl" : "ltr", "text-anchor": "start", ...look }, words)];
}

// The chart with its styles written into it, title above, legend and note below: a picture that stands alone.
function picture(svg, { title, legend, note, rtl }) {
  const { width, height } = svg.viewBox.baseVal;
  const copy = svg.cloneNode(true);
  const made = copy.querySelectorAll("*");
  svg.querySelectorAll("*").forEach((node, i) => dress(made[i], node));
  const page = getComputedStyle(svg.closest(".chm-parts, .chm-parties"));
  const lines = (text, size) => {
    pen.font = `${size}px ${page.fontFamily}`;
    return text.split(" ").reduce((all, word) => {
      const longer = `${all[all.length - 1]} ${word}`.trim();
      if (pen.measureText(longer).width <= width - 16) all[all.length - 1] = longer;
      else all.push(word);
      return all;
    }, [""]);
  };
  const write = (text, size, top) => lines(text, size).map((line, i) => make("text", {
    x: rtl ? width - 8 : 8, y: top + (i + 1) * size * 1.4, "font-size": size, fill: page.color,
    "font-family": page.fontFamily, direction: rtl ? "rtl" : "ltr", "text-anchor": "start" }, line));
  const head = write(title, 16, 0);
  const top = head.length * 22.4 + 8;
  const below = top + height + 8;
  const samples = legend.flatMap((line, i) => sample(svg, line, { x: rtl ? width - 8 : 8, y: below + i * 20, rtl,
    fill: page.color, "font-family": page.fontFamily }));
  const foot = write(note, 11, below + legend.length * 20);
  const whole = below + legend.length * 20 + foot.length * 15.4 + 12;
  const box = make("svg", { xmlns: SVG, viewBox: `0 0 ${width} ${whole}`, width, height: whole },
    make("rect", { width, height: whole, fill: page.backgroundColor }), ...head, ...samples, ...foot);
  copy.setAttribute("y", top);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  box.append(copy);
  return { text: new XMLSerializer().serializeToString(box), width, height: whole };
}

async function savePicture({ text, width, height }, name, kind) {
  if (kind === "svg") return save(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = make("canvas", { width: width * 2, height: height * 2 });
  const brush = canvas.getContext("2d");
  brush.scale(2, 2);
  brush.drawImage(image, 0, 0, width, height);
  return canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");
}

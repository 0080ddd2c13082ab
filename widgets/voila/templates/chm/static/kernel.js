// Stands in for the kernel of a page that was drawn ahead. It speaks Jupyter's messages with Voila's front end, which
// draws the widgets from the state on the page; nothing of Voila knows that no Python is there. What nobody in Python
// listens to is remembered here. The first message that Python has to hear asks the server for a kernel that has run
// the same cells, whose widgets have the same ids: it is told what was remembered, and from then on messages pass.
const drawn = JSON.parse(document.getElementById("drawn").textContent);
const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
const CONTROL = "jupyter.widget.control";
// The name in `widgets/server/drawn.py` for messages that are not changes of a trait.
const CUSTOM = "*";
const model = { id: kernelId, name: "python3", last_activity: new Date().toISOString(), execution_state: "idle", connections: 1 };
const ours = (address) => new URL(address, location).pathname === `${baseUrl}api/kernels/${kernelId}`;

// A message with binary parts: their number, where each begins, the message itself, then they.
function frame(message, parts) {
  if (!parts.length) return JSON.stringify({ ...message, buffers: [] });
  const all = [new TextEncoder().encode(JSON.stringify(message)), ...parts];
  const head = new DataView(new ArrayBuffer(4 * (all.length + 1)));
  head.setUint32(0, all.length);
  let at = head.byteLength;
  all.forEach((part, i) => { head.setUint32(4 * (i + 1), at); at += part.byteLength; });
  const whole = new Uint8Array(at);
  whole.set(new Uint8Array(head.buffer));
  all.forEach((part, i) => whole.set(part, head.getUint32(4 * (i + 1))));
  return whole.buffer;
}

function unframe(data) {
  if (typeof data === "string") return JSON.parse(data);
  const view = new DataView(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
  const to = view.getUint32(0) > 1 ? view.getUint32(8) : view.byteLength;
  return JSON.parse(new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + view.getUint32(4), to - view.getUint32(4))));
}

const Socket = window.WebSocket;
const now = () => new Date().toISOString();
// Not `crypto.randomUUID`, which browsers keep from pages that come without TLS.
const unique = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

class Kernel extends EventTarget {
  constructor(url) {
    super();
    this.url = url;
    this.protocol = "";
    this.readyState = Socket.CONNECTING;
    // By widget: what the page has said of it, which every kernel to come is told first.
    this.said = new Map();
    // What waits for a kernel that has been asked for; what waits for none is null.
    this.waiting = null;
    this.live = null;
    // What the kernel has not done yet, by the message's id.
    this.asked = new Map();
    setTimeout(() => {
      this.readyState = Socket.OPEN;
      this.onopen?.(new Event("open"));
    });
  }

  // Voila's front end closes when the page is left.
  close() {
    this.readyState = Socket.CLOSED;
    this.asked.clear();
    this.live?.close();
    this.onclose?.(new CloseEvent("close"));
  }

  send(data) {
    const message = unframe(data);
    if (this.live) {
      this.pose({ data, message });
    } else if (this.waiting || this.heard(message)) {
      const first = !this.waiting;
      this.waiting = [...(this.waiting ?? []), { data, message }];
      if (first) this.attach();
    } else {
      this.remember(message);
      this.answer(message);
    }
  }

  pose(one) {
    this.remember(one.message);
    this.asked.set(one.message.header.msg_id, one);
    this.live.send(one.data);
  }

  remember({ header, content }) {
    if (header.msg_type !== "comm_msg" || content.data.method !== "update" || content.data.buffer_paths?.length) return;
    this.said.set(content.comm_id, { ...this.said.get(content.comm_id), ...content.data.state });
  }

  // Whether Python must hear it.
  heard({ header, content }) {
    if (header.msg_type === "comm_open") return content.target_name !== CONTROL;
    if (header.msg_type !== "comm_msg" || content.comm_id === this.control) return false;
    const names = drawn.heard[content.comm_id] ?? [CUSTOM];
    if (content.data.method === "update") return Object.keys(content.data.state).some((name) => names.includes(name));
    return content.data.method === "custom" && names.includes(CUSTOM);
  }

  async attach() {
    const soon = setTimeout(() => say("wait"), 400);
    try {
      const { version, models } = drawn;
      const answer = await fetched(`${baseUrl}voila/live/${location.pathname.split("/").pop()}${location.search}`, {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ version, models, lang: document.documentElement.lang }),
      });
      if (!answer.ok) return this.without({ 429: "often", 503: "busy" }[answer.status] ?? "lost");
      const { kernel } = await answer.json();
      this.pass(kernel, await opened(this.url.replace(`/${kernelId}/`, `/${kernel}/`)));
      say("");
    } catch {
      this.without("lost");
    } finally {
      clearTimeout(soon);
    }
  }

  // From now on all that is said passes to the kernel, and what it says to the page, until it ends.
  pass(kernel, socket) {
    const session = new URL(this.url).searchParams.get("session_id");
    for (const [id, state] of this.said) {
      const header = { msg_id: unique(), session, username: "", date: now(), msg_type: "comm_msg", version: "5.3" };
      const content = { comm_id: id, data: { method: "update", state, buffer_paths: [] } };
      socket.send(frame({ header, parent_header: {}, metadata: {}, channel: "shell", content }, []));
    }
    const end = () => beacon(`${baseUrl}voila/end/${kernel}`);
    window.addEventListener("pagehide", end);
    socket.onmessage = (event) => {
      const { header, parent_header: parent, content } = unframe(event.data);
      if (header.msg_type === "status" && content.execution_state === "idle") this.asked.delete(parent.msg_id);
      this.onmessage?.(event);
    };
    socket.onclose = () => {
      this.live = null;
      end();
      window.removeEventListener("pagehide", end);
      // What it had not done yet is for another; but what ends two of them is given up.
      const asked = [...this.asked.values()];
      this.asked.clear();
      if (!asked.length) return;
      this.waiting = asked.map((each) => ({ ...each, again: true }));
      if (asked.some(({ again }) => again)) this.without("lost");
      else this.attach();
    };
    const waiting = this.waiting;
    [this.live, this.waiting] = [socket, null];
    waiting.forEach((one) => this.pose(one));
  }

  // No kernel can be had: what was said is remembered for the next one, and the page goes on without.
  without(why) {
    say(why);
    const waiting = this.waiting;
    this.waiting = null;
    for (const { message } of waiting) {
      this.remember(message);
      this.answer(message);
    }
  }

  // What the kernel itself would say.
  answer({ header, content }) {
    const says = (channel, type, what, parts = []) => this.receive(frame({
      header: { msg_id: unique(), session: kernelId, username: "", date: now(), msg_type: type, version: "5.3" },
      parent_header: header, metadata: {}, channel, content: what,
    }, parts));
    says("iopub", "status", { execution_state: "busy" });
    if (header.msg_type === "kernel_info_request") {
      says("shell", "kernel_info_reply", {
        status: "ok", protocol_version: "5.3", implementation: "ipython", implementation_version: "", banner: "",
        language_info: { name: "python", version: "3", mimetype: "text/x-python", file_extension: ".py" }, help_links: [],
      });
    } else if (header.msg_type === "comm_info_request") {
      says("shell", "comm_info_reply", { status: "ok", comms: {} });
    } else if (header.msg_type === "comm_open") {
      this.control = content.comm_id;
    } else if (content.data?.method === "request_states") {
      const [states, paths, parts] = embedded();
      const data = { method: "update_states", states, buffer_paths: paths };
      says("iopub", "comm_msg", { comm_id: content.comm_id, data }, parts);
    }
    says("iopub", "status", { execution_state: "idle" });
  }

  receive(data) {
    setTimeout(() => this.onmessage?.(new MessageEvent("message", { data })));
  }
}

const opened = (url) => new Promise((resolve, reject) => {
  const socket = new Socket(url);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => resolve(socket);
  socket.onclose = reject;
});

// One line on the page: that something is being calculated, or why it is not.
function say(what) {
  const line = document.getElementById("live");
  line.textContent = line.dataset[what] ?? "";
}

// The state on the page, as a kernel sends it: binary values beside it instead of in it.
function embedded() {
  const paths = [], parts = [], states = {};
  for (const [id, { buffers = [], ...state }] of Object.entries(drawn.state)) {
    states[id] = state;
    for (const { path, data } of buffers) {
      paths.push([id, ...path]);
      parts.push(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
    }
  }
  return [states, paths, parts];
}

window.WebSocket = new Proxy(Socket, {
  construct: (_, [url, ...rest]) =>
    ours(url.replace(/\/channels\?.*$/, "")) ? new Kernel(url) : new Socket(url, ...rest),
});
const fetched = window.fetch;
window.fetch = (what, ...rest) =>
  ours(what.url ?? what) ? Promise.resolve(Response.json(model)) : fetched(what, ...rest);
// Voila's front end takes itself apart when the page is left, also if the browser keeps the page for going back.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
// Voila would end the kernel of a page that is left; this one needs no ending.
const beacon = navigator.sendBeacon.bind(navigator);
navigator.sendBeacon = (address, data) => new URL(address, location).pathname.endsWith(`/${kernelId}`) || beacon(address, data);

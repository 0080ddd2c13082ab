// Stands in for the kernel of a page that was drawn ahead. It speaks Jupyter's messages with Voila's front end, which
// draws the widgets from the state on the page; nothing of Voila knows that no Python is there.
const drawn = JSON.parse(document.getElementById("drawn").textContent);
const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
const CONTROL = "jupyter.widget.control";
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

class Kernel extends EventTarget {
  constructor(url) {
    super();
    this.url = url;
    this.protocol = "";
    this.readyState = Socket.CONNECTING;
    setTimeout(() => {
      this.readyState = Socket.OPEN;
      this.onopen?.(new Event("open"));
    });
  }

  close() {
    this.readyState = Socket.CLOSED;
    this.onclose?.(new CloseEvent("close"));
  }

  send(data) {
    this.answer(unframe(data));
  }

  // What the kernel itself would say.
  answer({ header, content }) {
    const says = (channel, type, what, parts = []) => this.receive(frame({
      header: { msg_id: crypto.randomUUID(), session: kernelId, username: "", date: now(), msg_type: type, version: "5.3" },
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
// Voila would end the kernel of a page that is left; this one needs no ending.
const beacon = navigator.sendBeacon.bind(navigator);
navigator.sendBeacon = (address, data) => new URL(address, location).pathname.endsWith(`/${kernelId}`) || beacon(address, data);

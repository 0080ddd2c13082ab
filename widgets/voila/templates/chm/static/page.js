// The words that say the chart is coming go when it has come; Voila calls nothing here, so this looks for itself.
const loading = document.getElementById("loading");
const widgets = document.querySelectorAll(".cell.widget");
const ready = () => [...widgets].every((cell) => cell.querySelector("section, .jupyter-widgets, .jp-RenderedText, .widget-error"));
const observer = new MutationObserver(() => {
  if (!ready()) return;
  loading.remove();
  observer.disconnect();
});
if (ready()) loading.remove();
else observer.observe(document.body, { childList: true, subtree: true });
// Voila reports that it is still at work by calling this.
window.voila_heartbeat = () => {};

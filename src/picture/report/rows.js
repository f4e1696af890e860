// A list of any length: only the rows that can be seen are made.

const ROW = 22;
/** Browsers draw no element that is much higher than this, in pixels. */
const HIGHEST = 8000000;

/**
 * Fills a panel with a scrolled area of `count` rows. `draw(layer, first, last)` draws those from first to last; `layer` is
 * where the first row is at the top.
 */
function scrolled(panel, count, draw, label) {
  const full = count * ROW + 12;
  const height = Math.min(full, HIGHEST);
  const spacer = element("div", { class: "spacer", at: { height: `${height}px` } });
  const layer = element("div", { class: "layer" });
  spacer.append(layer);
  const area = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, spacer);
  panel.append(area);
  const stretch = () => (full - area.clientHeight) / Math.max(1, height - area.clientHeight);
  let waiting = false;
  const show = () => {
    waiting = false;
    if (!area.isConnected) return; // another view took its place
    const top = height < full ? area.scrollTop * stretch() : area.scrollTop;
    const first = Math.max(0, Math.floor(top / ROW) - 8);
    const last = Math.min(count, first + Math.ceil(area.clientHeight / ROW) + 17);
    layer.style.transform = `translateY(${area.scrollTop - (top - first * ROW)}px)`;
    layer.replaceChildren();
    draw(layer, first, last);
  };
  area.addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(show);
    waiting = true;
  }, { passive: true });
  const reveal = (row) => {
    const wanted = row * ROW - area.clientHeight / 2;
    const top = height < full ? area.scrollTop * stretch() : area.scrollTop;
    if (row * ROW < top + ROW || row * ROW > top + area.clientHeight - 2 * ROW) {
      area.scrollTop = height < full ? wanted / stretch() : wanted;
    }
    show();
  };
  new ResizeObserver(show).observe(area);
  show();
  return { area, show, reveal };
}

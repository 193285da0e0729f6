/* The map of a recorded panel: rows over steps, with a line at the step that is
   shown and that step's rows drawn as bars beside it. The numbers come through
   the panel like any other's; this file only draws. */
(() => {
"use strict";
if (explorables.map) return;
const { h, set, clamp, snap, format } = explorables.kit;
const LEFT = 58;
const TOP = 20;
const FOOT = 40;

/* Shades are small numbers, compressed; a browser unpacks them without help. */
const unpacked = async (text) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

explorables.map = (panel) => {
  const { spec } = panel;
  const m = spec.map;
  const at = spec.controls.findIndex(({ name }) => name === m.step);
  const c = spec.controls[at];
  const frames = Math.round((c.high - c.low) / c.step) + 1;
  const sizes = spec.controls.map(({ options }) => options?.length || 2);
  const svg = h("svg:svg", { role: "img", class: "ex-plot ex-map" });
  const image = h("svg:image", { preserveAspectRatio: "none" });
  const rules = h("svg:path", { class: "ex-rule" });
  const frame = h("svg:path", { class: "ex-frame" });
  const bars = h("svg:path", { class: "ex-bars" });
  const mean = h("svg:path", { class: "ex-hair" });
  const mark = h("svg:path", { class: "ex-before" });
  const head = h("svg:path", { class: "ex-head" });
  const words = h("svg:g", {});
  svg.append(image, rules, frame, mark, bars, mean, head, words);
  const figure = h("div", { class: "ex-curve" }, h("div", { class: "ex-y" }, h("span", {}, m.label)), svg);
  let shades;
  let width = 0;
  let shown;
  let box;

  const variant = () => spec.controls.reduce((place, { name, options }, i) => {
    if (name === m.step) return place;
    const value = panel.state[i];
    return place * sizes[i] + (options ? options.findIndex(([key]) => key === value) : +value);
  }, 0);
  const frameAt = () => clamp(Math.round((panel.state[at] - c.low) / c.step), 0, frames - 1);
  const levels = (which, moment) => Array.from({ length: m.rows }, (_, row) => shades[(which * m.rows + row) * frames + moment]);
  const paint = (which) => {
    const canvas = h("canvas", { width: frames, height: m.rows });
    const ink = getComputedStyle(panel.root).getPropertyValue("--ex-compute").trim();
    const [red, green, blue] = [1, 3, 5].map((i) => parseInt(ink.slice(i, i + 2), 16));
    const pixels = new ImageData(frames, m.rows);
    for (let moment = 0; moment < frames; moment++) {
      levels(which, moment).forEach((level, row) => {
        // Only the shade's strength differs, so both themes show through it.
        pixels.data.set([red, green, blue, Math.round((255 * level) / m.levels)], 4 * (row * frames + moment));
      });
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    image.setAttribute("href", canvas.toDataURL());
  };
  const across = (x) => box.left + (box.wide * ((x - c.low) / c.step + 0.5)) / frames;
  const text = (x, y, anchor, said) => h("svg:text", { x, y, "text-anchor": anchor }, said);
  const layout = () => {
    const side = clamp(width * 0.2, 64, 130);
    const tall = m.rows * (width < 480 ? 6 : 8);
    box = { left: LEFT, wide: width - LEFT - side - 16, top: TOP, tall, side, bars: width - side };
    set(svg, { viewBox: `0 0 ${width} ${TOP + tall + FOOT}`, width, height: TOP + tall + FOOT });
    set(image, { x: box.left, y: TOP, width: box.wide, height: tall });
    const groups = m.rows / m.size;
    const step = tall / groups;
    let lines = "";
    for (let i = 1; i < groups; i++) lines += `M${box.left} ${TOP + i * step}h${box.wide}M${box.bars} ${TOP + i * step}h${side}`;
    rules.setAttribute("d", lines);
    frame.setAttribute("d", `M${box.left} ${TOP}h${box.wide}v${tall}h${-box.wide}z`);
    mean.setAttribute("d", `M${box.bars + side / m.full} ${TOP}v${tall + 4}`);
    words.replaceChildren();
    for (let i = 0; i < groups; i++) words.append(text(box.left - 8, TOP + (i + 0.5) * step + 4, "end", `${m.group} ${i + 1}`));
    const foot = TOP + tall + 17;
    words.append(text(box.left, foot, "start", String(c.low)), text(box.left + box.wide, foot, "end", String(c.high)),
      text(box.left + box.wide / 2, foot, "middle", c.label.toLowerCase()),
      text(box.bars + side / m.full, foot, "middle", "mean"), text(box.bars + side, foot, "end", `${m.full}\u00d7`),
      text(box.bars, TOP - 7, "start", "at this step"));
    const [x, said] = m.mark;
    mark.setAttribute("d", said ? `M${across(x)} ${TOP - 4}v${tall + 4}` : "");
    if (said) words.append(text(across(x), TOP - 7, across(x) > width * 0.5 ? "end" : "start", said));
  };
  const draw = () => {
    if (!width || !shades) return;
    const which = variant();
    if (which !== shown) paint(shown = which);
    const now = levels(which, frameAt());
    const row = box.tall / m.rows;
    let d = "";
    let full = 0;
    now.forEach((level, i) => {
      full = Math.max(full, level);
      d += `M${box.bars} ${box.top + i * row + 1}h${(box.side * level) / m.levels}v${row - 2}H${box.bars}z`;
    });
    bars.setAttribute("d", d);
    head.setAttribute("d", `M${across(panel.state[at])} ${box.top}v${box.tall}`);
    const idle = now.filter((level) => level === 0).length;
    const said = spec.outputs.map((o, i) => `${o.label} ${format(panel.outputs[i], o.unit)}`).join(", ");
    svg.setAttribute("aria-label", `${m.label}: ${m.rows} ${m.row}s over ${c.high} steps. At step ${panel.state[at]}, ${idle} ${m.row}s have next to nothing. ${said}.`);
  };
  const resize = () => {
    const wanted = figure.clientWidth;
    if (!wanted || wanted === width) return;
    width = wanted;
    layout();
    draw();
  };
  const move = (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    panel.change(c, snap(c, clamp(c.low + ((x - box.left) / box.wide) * (c.high - c.low), c.low, c.high)));
  };
  svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); move(event); });
  svg.addEventListener("pointermove", (event) => { if (svg.hasPointerCapture(event.pointerId)) move(event); });
  unpacked(m.shades).then((bytes) => { shades = bytes; draw(); });
  return { figure, draw, resize };
};
})();

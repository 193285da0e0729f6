/* Timelines of a recorded simulation: a row for each worker, blocks over time, a
   line at the moment that is shown, and beside each row what it does and holds
   then. The numbers come through the panel like any other's; this only draws. */
(() => {
"use strict";
if (explorables.timeline) return;
const { h, set, clamp, snap, format } = explorables.kit;
const TOP = 22;
const FOOT = 38;
const SECOND = 16;

const unpacked = async (text) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

/* For each combination its rows, and for each row its blocks. */
const read = (bytes, combinations, tick) => {
  const counts = [];
  let at = 0;
  for (let i = 0; i < combinations; i++) {
    const rows = bytes[at++];
    counts.push(Array.from({ length: rows }, () => bytes[at++] + 256 * bytes[at++]));
  }
  const total = counts.flat().reduce((a, b) => a + b, 0);
  const plane = (i, k) => bytes[at + i * total + k];
  let k = 0;
  return counts.map((rows) => rows.map((count) => {
    let end = 0;
    let after = 0;
    const last = {};
    return Array.from({ length: count }, () => {
      const kind = plane(0, k);
      const was = last[kind] || [0, 0, 0];
      const first = (was[0] + plane(1, k)) % 256;
      const other = (was[1] + plane(2, k)) % 256;
      const lasts = (was[2] + plane(5, k) + 256 * plane(6, k)) % 65536;
      const start = end + plane(3, k) + 256 * plane(4, k);
      const during = after + plane(7, k);
      last[kind] = [first, other, lasts];
      end = start + lasts;
      after = during - plane(8, k);
      k++;
      return { start: start * tick, end: end * tick, kind: kind % SECOND, second: [kind & SECOND, kind & (2 * SECOND)], numbers: other ? [first, other - 1] : [first], during, after };
    });
  }));
};

explorables.timeline = (panel) => {
  const { spec } = panel;
  const t = spec.timeline;
  const at = spec.controls.findIndex(({ name }) => name === t.moment);
  const c = spec.controls[at];
  const choices = spec.controls.map((control, i) => ({ ...control, i })).filter(({ kind }) => kind === "choice");
  const combinations = choices.reduce((n, { options }) => n * options.length, 1);
  const svg = h("svg:svg", { role: "img", class: "ex-plot ex-timeline" });
  const lanes = h("svg:g", {});
  const blocks = h("svg:g", {});
  const words = h("svg:g", {});
  const now = h("svg:g", {});
  const held = h("svg:path", { class: "ex-held-now" });
  const most = h("svg:path", { class: "ex-held-most" });
  const head = h("svg:path", { class: "ex-head" });
  svg.append(lanes, blocks, words, held, most, head, now);
  const swatch = ([, label, parts]) => {
    const shown = h("svg:svg", { width: 18, height: 16, "aria-hidden": "true" });
    for (const [from, to, noun] of parts) shown.append(h("svg:rect", { x: 0, y: 16 * from, width: 18, height: 16 * (to - from), class: `ex-block-${noun}` }));
    return h("span", { class: "ex-swatch" }, shown, label);
  };
  const figure = h("div", { class: "ex-curve" }, h("div", { class: "ex-y ex-legend" }, ...t.kinds.map(swatch)), svg);
  let all;
  let width = 0;
  let shown;
  let box;

  const variant = () => choices.reduce((place, { options, i }) => place * options.length + options.findIndex(([key]) => key === panel.state[i]), 0);
  const text = (x, y, anchor, said, kind) => h("svg:text", { x, y, "text-anchor": anchor, ...(kind ? { class: kind } : {}) }, said);
  const paint = (rows) => {
    const side = clamp(width * 0.2, 76, 140);
    const left = width < 480 ? 22 : 50;
    const row = rows.length > 8 ? 20 : 28;
    const end = Math.max(...rows.flat().map((b) => b.end), 1);
    const wide = width - left - side - 14;
    const tall = row * rows.length;
    box = { left, wide, row, side, end, tall, bars: width - side, most: Math.max(...rows.flat().map((b) => b.during), 1) };
    set(svg, { viewBox: `0 0 ${width} ${TOP + tall + FOOT}`, width, height: TOP + tall + FOOT });
    const x = (time) => left + (wide * time) / end;
    const paths = new Map();
    const numbers = [];
    rows.forEach((row_, r) => row_.forEach((b) => {
      t.kinds[b.kind][2].forEach(([from, to, noun], part) => {
        const key = `ex-block-${noun}${b.second[Math.min(part, b.numbers.length - 1)] ? " ex-second" : ""}`;
        const y = TOP + r * row + 1.5 + (row - 3) * from;
        const tallness = (row - 3) * (to - from);
        const span = Math.max(0.6, x(b.end) - x(b.start) - 0.7);
        paths.set(key, `${paths.get(key) || ""}M${x(b.start).toFixed(1)} ${y.toFixed(1)}h${span.toFixed(1)}v${tallness.toFixed(1)}h${(-span).toFixed(1)}z`);
        const said = String(b.numbers[Math.min(part, b.numbers.length - 1)]);
        if (tallness >= 10 && span >= 7 * said.length + 2) numbers.push(text((x(b.start) + x(b.end)) / 2, y + tallness / 2 + 3.5, "middle", said, key.endsWith("second") ? "ex-number-2" : "ex-number-1"));
      });
    }));
    blocks.replaceChildren(...[...paths].map(([key, d]) => h("svg:path", { class: key, d })), ...numbers);
    let d = "";
    for (let r = 0; r <= rows.length; r++) d += `M${left} ${TOP + r * row}h${wide}M${box.bars} ${TOP + r * row}h${side}`;
    lanes.replaceChildren(h("svg:path", { class: "ex-rule", d }));
    const foot = TOP + tall + 16;
    words.replaceChildren(text(left, foot, "start", "0"), text(left + wide, foot, "end", String(+end.toFixed(2))),
      text(left + wide / 2, foot, "middle", t.time), text(box.bars, TOP - 8, "start", width < 480 ? "now" : "at this moment"),
      text(box.bars, foot, "start", t.held));
    rows.forEach((_, r) => words.append(text(left - 6, TOP + (r + 0.5) * row + 4, "end", width < 480 ? String(r) : `${t.row} ${r}`)));
  };
  const draw = () => {
    if (!width || !all) return;
    const rows = all[variant()];
    const key = `${variant()} ${width}`;
    if (key !== shown) { shown = key; paint(rows); }
    const moment = panel.state[at] * box.end;
    let bars = "";
    let marks = "";
    const said = [];
    now.replaceChildren();
    rows.forEach((row, r) => {
      const last = row.findLast((b) => b.start <= moment + 1e-9);
      const works = last && moment < last.end - 1e-9;
      const live = last ? (works ? last.during : last.after) : 0;
      const letters = works ? t.kinds[last.kind][0].split("&") : [];
      const does = works ? letters.map((letter, i) => letter + last.numbers[Math.min(i, last.numbers.length - 1)]).join(" & ") : "waits";
      const y = TOP + r * box.row;
      bars += `M${box.bars} ${y + box.row - 6}h${(box.side * live) / box.most}v4H${box.bars}z`;
      marks += `M${box.bars + (box.side * Math.max(...row.map((b) => b.during))) / box.most} ${y + box.row - 8}v8`;
      now.append(text(box.bars, y + box.row - 10, "start", does, "ex-does"), text(box.bars + box.side, y + box.row - 10, "end", String(live)));
      said.push(`${t.row} ${r} ${works ? "does " : ""}${does}, holds ${live}`);
    });
    held.setAttribute("d", bars);
    most.setAttribute("d", marks);
    head.setAttribute("d", rows.length ? `M${(box.left + box.wide * panel.state[at]).toFixed(1)} ${TOP - 4}v${box.tall + 8}` : "");
    const { label, unit } = spec.outputs[0];
    svg.setAttribute("aria-label", rows.length
      ? `Timeline of ${rows.length} ${t.row}s over ${+box.end.toFixed(2)} ${t.time}. ${label} ${format(panel.outputs[0], unit)}. At ${+moment.toFixed(2)}: ${said.join("; ")}.`
      : "No timeline: these sizes are refused.");
  };
  const resize = () => {
    const wanted = figure.clientWidth;
    if (!wanted || wanted === width) return;
    width = wanted;
    // Before the blocks are unpacked their place is kept, so that nothing moves.
    if (!all) set(svg, { viewBox: `0 0 ${width} ${TOP + 28 * 8 + FOOT}`, width, height: TOP + 28 * 8 + FOOT, "aria-label": "Timeline" });
    draw();
  };
  const move = (event) => {
    if (!box) return;
    const x = event.clientX - svg.getBoundingClientRect().left;
    panel.change(c, snap(c, clamp((x - box.left) / box.wide, c.low, c.high)));
  };
  svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); move(event); });
  svg.addEventListener("pointermove", (event) => { if (svg.hasPointerCapture(event.pointerId)) move(event); });
  unpacked(t.blocks).then((bytes) => { all = read(bytes, combinations, t.tick); draw(); });
  return { figure, draw, resize };
};
})();
